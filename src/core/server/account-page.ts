import { formPage } from './page/form-page.js';

interface Purpose {
  path: string;
  mutation: string;
  title: string;
  /** What is asked for, beside the token of the link. */
  fields: string;
  button: string;
  /** What the payload says, which stands in place of $ in `done`. */
  shows: string;
  done: string;
}

/** The document that the page for a purpose sends. */
const documentOf = ({ mutation, shows }: Purpose): string =>
  `mutation($input: ${mutation[0]!.toUpperCase()}${mutation.slice(1)}Input!) { ${mutation}(input: $input) { ${shows} } }`;

const password = (name: string): string =>
  `<label>Password, at least 12 characters<input name="${name}" type="password" minlength="12" maxlength="256" autocomplete="new-password" required></label>`;

const purposes: readonly Purpose[] = [
  {
    path: '/account/verify',
    mutation: 'verifyUser',
    title: 'Confirm your address',
    fields: '',
    button: 'Confirm',
    shows: 'username',
    done: 'Your address is confirmed. Sign in as $.',
  },
  {
    path: '/account/reset',
    mutation: 'resetPassword',
    title: 'Set a new password',
    fields: password('newPassword'),
    button: 'Set the password',
    shows: 'username',
    done: 'The password is set, and all sessions have ended. Sign in as $.',
  },
  {
    path: '/account/invitation',
    mutation: 'acceptInvitation',
    title: 'Accept the invitation',
    fields: `<label>Username, empty for the one that is meant for you<input name="username" maxlength="100" autocomplete="username"></label>
  <label>Full name<input name="fullName" maxlength="200" autocomplete="name"></label>
  ${password('password')}`,
    button: 'Accept',
    shows: 'username',
    done: 'Your account is ready. Sign in as $.',
  },
  {
    path: '/account/forgot',
    mutation: 'requestPasswordReset',
    title: 'Forgot the password?',
    fields: '<label>Username or email address<input name="account" maxlength="254" autocomplete="username" required></label>',
    button: 'Send a link',
    shows: 'isAccepted',
    done: 'If there is such an account and an address is known, a link is on its way there.',
  },
  {
    path: '/account/register',
    mutation: 'registerUser',
    title: 'Register',
    fields: `<label>Username<input name="username" maxlength="100" autocomplete="username" required></label>
  <label>Email address<input name="email" type="email" maxlength="254" autocomplete="email" required></label>
  ${password('password')}`,
    button: 'Register',
    shows: 'isAccepted',
    done: 'Look into your mails: what comes next stands there.',
  },
];

// The token stands behind the #, which no browser sends and no log sees; it is taken out of the address at once. Nothing is done before
// the button is pressed: programs that look at mails open links too.
const script = (purpose: Purpose): string => `
  const form = document.querySelector('form');
  const answer = document.querySelector('output');
  const token = new URLSearchParams(location.hash.slice(1)).get('token');
  history.replaceState(null, '', location.pathname);
  const query = '${documentOf(purpose)}';
  async function send(values) {
    const given = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''));
    const body = JSON.stringify({ query, variables: { input: { ...given, ...(token && { token }) } } });
    const response = await fetch('/graphql', { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    const { data, errors } = await response.json();
    if (errors) throw new Error(errors[0].message);
    return data.${purpose.mutation}.${purpose.shows};
  }
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const button = form.querySelector('button');
    button.disabled = true;
    answer.textContent = '';
    try {
      const shown = await send(Object.fromEntries(new FormData(form)));
      answer.textContent = ${JSON.stringify(purpose.done)}.replace('$', () => shown);
      for (const each of form.querySelectorAll('label, button')) each.remove();
      const link = document.createElement('a');
      link.href = '/';
      link.textContent = 'To the sign-in';
      form.append(link);
    } catch (error) {
      answer.textContent = error instanceof TypeError ? 'The server does not answer' : error.message;
      button.disabled = false;
    }
  });`;

const pageOf = (purpose: Purpose): string => {
  const { title, fields, button } = purpose;
  return formPage({
    title,
    heading: title,
    content: `<output role="alert"></output>
  ${fields}
  <button>${button}</button>`,
    script: script(purpose),
  });
};

/** The pages with which people help themselves, among them those behind the links that are sent to them. */
export const accountPages: readonly { path: string; page: string }[] = purposes.map((purpose) => ({
  path: purpose.path,
  page: pageOf(purpose),
}));

/** The documents that these pages send; they are always trusted. */
export const accountDocuments: readonly string[] = purposes.map(documentOf);
