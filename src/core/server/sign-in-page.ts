import { escaped, formPage } from './page/form-page.js';
import { signInDocument } from './sign-in-document.js';

// The page may also be the answer to a link that was used before: behind it, `/` is where to go.
const script = `
  const form = document.querySelector('form');
  const answer = document.querySelector('output');
  const code = document.querySelector('#code');
  const query = '${signInDocument}';
  async function signIn({ username, password, totpCode, provider }) {
    const body = JSON.stringify({ query, variables: { input: { username, password, provider, ...(totpCode && { totpCode }), withCookie: true } } });
    const response = await fetch('/graphql', { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    const { errors } = await response.json();
    if (errors?.[0].extensions.reason === 'TOTP_REQUIRED') {
      code.hidden = false;
      code.querySelector('input').focus();
      return 'Enter a code of your app, or a recovery code';
    }
    return errors?.[0].message ?? null;
  }
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const button = form.querySelector('button');
    button.disabled = true;
    answer.textContent = '';
    const problem = await signIn(Object.fromEntries(new FormData(form))).catch(() => 'The server does not answer');
    button.disabled = false;
    if (problem) return void (answer.textContent = problem);
    sessionStorage.removeItem('signalbox');
    if (location.pathname === '/') location.reload();
    else location.replace('/');
  });`;

/** A way to sign in that the page offers. */
export interface OfferedMethod {
  slug: string;
  name: string;
  kind: string;
}

const link = ({ slug, name }: OfferedMethod): string => `<a href="/auth/${escaped(slug)}/start">Sign in with ${escaped(name)}</a>`;

function fields(methods: readonly OfferedMethod[]): string {
  const options = methods.map(({ slug, name }) => `<option value="${escaped(slug)}">${escaped(name)}</option>`).join('');
  const choice = `<label>Sign in by<select name="provider">${options}</select></label>`;
  const only = `<input type="hidden" name="provider" value="${escaped(methods[0]!.slug)}">`;
  return `<label>Username<input name="username" autocomplete="username" required autofocus></label>
  <label>Password<input name="password" type="password" autocomplete="current-password" required></label>
  ${methods.length > 1 ? choice : only}
  <label id="code" hidden>Code<input name="totpCode" autocomplete="one-time-code" maxlength="40"></label>
  <button>Sign in</button>`;
}

/** The page for a browser that is not signed in, with the ways to sign in that are enabled. */
export function signInPage(methods: readonly OfferedMethod[], message = ''): string {
  const asked = methods.filter(({ kind }) => kind !== 'OIDC');
  return formPage({
    title: 'Sign in',
    heading: 'Signalbox',
    content: `<output class="problem" role="alert">${escaped(message)}</output>
  ${asked.length > 0 ? fields(asked) : ''}
  ${methods
    .filter(({ kind }) => kind === 'OIDC')
    .map(link)
    .join('\n  ')}
  <p><a class="plain" href="/account/forgot">Forgot the password?</a> Without one, ask an administrator for a link that signs in once. As long as no administrator has a password, each start of the server prints one.</p>`,
    script,
  });
}
