import { withContentPolicy } from './page/content-policy.js';
import { icon, iconUrl } from './page/icon.js';
import { signInDocument } from './sign-in-document.js';

const escaped = (text: string): string => text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);

const style = `
  body{font:16px/1.5 system-ui,sans-serif;background:#f2f5f8;color:#16202c;display:grid;place-items:center;min-height:100vh;margin:0}
  form{background:#fff;border:1px solid #d5dde5;border-radius:8px;padding:32px;width:320px;display:grid;gap:14px}
  h1{font-size:20px;margin:0;display:flex;gap:10px;align-items:center}label{display:grid;gap:4px}label[hidden]{display:none}
  input,button{font:inherit;padding:8px;border:1px solid #b7c3cf;border-radius:4px}
  button{background:#16202c;color:#fff;cursor:pointer}button[disabled]{opacity:.6}
  select{font:inherit;padding:8px;border:1px solid #b7c3cf;border-radius:4px;background:#fff}
  a{display:block;text-align:center;padding:8px;border:1px solid #16202c;border-radius:4px;color:#16202c;text-decoration:none}
  a.plain{display:inline;padding:0;border:0;text-decoration:underline}
  p{margin:0;font-size:14px;color:#54677a}
  output{color:#b3261e;background:#fdecea;border-radius:4px;padding:8px 10px;font-size:14px}output:empty{display:none}`;

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
  return withContentPolicy(`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Sign in · Signalbox</title>
<link rel="icon" href="${iconUrl}"><style>${style}
</style></head>
<body><form>
  <h1>${icon}Signalbox</h1>
  <output role="alert">${escaped(message)}</output>
  ${asked.length > 0 ? fields(asked) : ''}
  ${methods
    .filter(({ kind }) => kind === 'OIDC')
    .map(link)
    .join('\n  ')}
  <p><a class="plain" href="/account/forgot">Forgot the password?</a> Without one, ask an administrator for a link that signs in once. As long as no administrator has a password, each start of the server prints one.</p>
</form>
<script>${script}</script></body></html>`);
}
