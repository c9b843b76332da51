import { escaped, formPage } from './page/form-page.js';

/** The page behind a link that signs in once: its button uses the link up, because programs that look at mails open links too. */
export const signInLinkPage = (token: string): string =>
  formPage({
    title: 'Sign in',
    heading: 'Sign in to Signalbox',
    content: `<p>The link that you opened signs this browser in, once.</p>
  <input type="hidden" name="token" value="${escaped(token)}">
  <button>Sign in</button>`,
    postsTo: '/sign-in',
  });
