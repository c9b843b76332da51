import { escaped, formPage } from './page/form-page.js';

interface Purpose {
  mutation: string;
  title: string;
  /** What is asked for, beside the token of the link. */
  fields: string;
  button: string;
  /** Values that go along with what is asked for. */
  always?: Readonly<Record<string, unknown>>;
  /** Where in the payload stands, such as `user.username`, what takes the place of $ in `done`. */
  shows: string;
  done: string;
  /** What the link says that leads on to `/`; to the sign-in when it is left out. */
  onward?: string;
  /** HTML below the button. */
  below?: string;
}

/** The document that the page for a purpose sends. */
const documentOf = ({ mutation, shows }: Purpose): string => {
  const selection = shows.split('.').reduceRight((inner, field) => (inner ? `${field} { ${inner} }` : field), '');
  return `mutation($input: ${mutation[0]!.toUpperCase()}${mutation.slice(1)}Input!) { ${mutation}(input: $input) { ${selection} } }`;
};

const password = (name: string, label = 'Password'): string =>
  `<label>${label}, at least 12 characters<input name="${name}" type="password" minlength="12" maxlength="256" autocomplete="new-password" required></label>`;

const purposes: Readonly<Record<string, Purpose>> = {
  '/account/verify': {
    mutation: 'verifyUser',
    title: 'Confirm your address',
    fields: '',
    button: 'Confirm',
    shows: 'username',
    done: 'Your address is confirmed. Sign in as $.',
  },
  '/account/reset': {
    mutation: 'resetPassword',
    title: 'Set a new password',
    fields: password('newPassword'),
    button: 'Set the password',
    shows: 'username',
    done: 'The password is set, and all sessions have ended. Sign in as $.',
  },
  '/account/invitation': {
    mutation: 'acceptInvitation',
    title: 'Accept the invitation',
    fields: `<label>Username, empty for the one that is meant for you<input name="username" maxlength="100" autocomplete="username"></label>
  <label>Full name<input name="fullName" maxlength="200" autocomplete="name"></label>
  ${password('password')}`,
    button: 'Accept',
    shows: 'username',
    done: 'Your account is ready. Sign in as $.',
  },
  '/account/forgot': {
    mutation: 'requestPasswordReset',
    title: 'Forgot the password?',
    fields: '<label>Username or email address<input name="account" maxlength="254" autocomplete="username" required></label>',
    button: 'Send a link',
    shows: 'isAccepted',
    done: 'If there is such an account and an address is known, a link is on its way there.',
  },
  '/account/register': {
    mutation: 'registerUser',
    title: 'Register',
    fields: `<label>Username<input name="username" maxlength="100" autocomplete="username" required></label>
  <label>Email address<input name="email" type="email" maxlength="254" autocomplete="email" required></label>
  ${password('password')}`,
    button: 'Register',
    shows: 'isAccepted',
    done: 'Look into your mails: what comes next stands there.',
  },
};

/** Of somebody who is signed in, who may have no password yet. */
const changing = (username: string, hasPassword: boolean): Purpose => ({
  mutation: 'changePassword',
  title: hasPassword ? 'Change your password' : 'Choose a password',
  // Which name belongs to the password is for programs that remember passwords.
  fields: `<label>Username<input value="${escaped(username)}" autocomplete="username" readonly></label>
  ${
    hasPassword
      ? '<label>Present password<input name="currentPassword" type="password" maxlength="1000" autocomplete="current-password" required></label>'
      : ''
  }
  ${password('newPassword', 'New password')}`,
  button: 'Set the password',
  always: { withCookie: true },
  shows: 'user.username',
  done: 'The password of $ is set. Whoever was signed in elsewhere is so no more.',
  onward: 'Go on',
  ...(!hasPassword && { below: '<a href="/">Not now</a>' }),
});

// The token stands behind the #, which no browser sends and no log sees; it is taken out of the address at once. Nothing is done before
// the button is pressed: programs that look at mails open links too.
const script = (purpose: Purpose): string => `
  const form = document.querySelector('form');
  const answer = document.querySelector('output');
  const token = new URLSearchParams(location.hash.slice(1)).get('token');
  history.replaceState(null, '', location.pathname);
  const query = '${documentOf(purpose)}';
  const always = ${JSON.stringify(purpose.always ?? {})};
  async function send(values) {
    const given = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''));
    const body = JSON.stringify({ query, variables: { input: { ...always, ...given, ...(token && { token }) } } });
    const response = await fetch('/graphql', { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    const { data, errors } = await response.json();
    if (errors) throw new Error(errors[0].message);
    return ${JSON.stringify(purpose.shows.split('.'))}.reduce((value, field) => value[field], data.${purpose.mutation});
  }
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const button = form.querySelector('button');
    button.disabled = true;
    answer.textContent = '';
    try {
      const shown = await send(Object.fromEntries(new FormData(form)));
      answer.textContent = ${JSON.stringify(purpose.done)}.replace('$', () => shown);
      for (const each of form.querySelectorAll('label, button, a')) each.remove();
      const link = document.createElement('a');
      link.href = '/';
      link.textContent = ${JSON.stringify(purpose.onward ?? 'To the sign-in')};
      form.append(link);
    } catch (error) {
      answer.textContent = error instanceof TypeError ? 'The server does not answer' : error.message;
      button.disabled = false;
    }
  });`;

const pageOf = (purpose: Purpose): string => {
  const { title, fields, button, below = '' } = purpose;
  return formPage({
    title,
    heading: title,
    content: `<output role="alert"></output>
  ${fields}
  <button>${button}</button>
  ${below}`,
    script: script(purpose),
  });
};

/** The pages with which people help themselves by their paths, among them those behind the links that are sent to them. */
export const accountPages: ReadonlyMap<string, string> = new Map(
  Object.entries(purposes).map(([path, purpose]) => [path, pageOf(purpose)]),
);

/** The page on which somebody who is signed in sets the own password. */
export const passwordPage = (username: string, hasPassword: boolean): string => pageOf(changing(username, hasPassword));

/** The documents that these pages send; they are always trusted. */
export const accountDocuments: readonly string[] = [...Object.values(purposes), changing('', false)].map(documentOf);
