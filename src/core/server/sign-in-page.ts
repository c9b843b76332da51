import { withContentPolicy } from './page/content-policy.js';
import { icon, iconUrl } from './page/icon.js';

const escaped = (text: string): string => text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);

const style = `
  body{font:16px/1.5 system-ui,sans-serif;background:#f2f5f8;color:#16202c;display:grid;place-items:center;min-height:100vh;margin:0}
  form{background:#fff;border:1px solid #d5dde5;border-radius:8px;padding:32px;width:320px;display:grid;gap:14px}
  h1{font-size:20px;margin:0;display:flex;gap:10px;align-items:center}label{display:grid;gap:4px}
  input,button{font:inherit;padding:8px;border:1px solid #b7c3cf;border-radius:4px}
  button{background:#16202c;color:#fff;cursor:pointer}button[disabled]{opacity:.6}
  p{margin:0;font-size:14px;color:#54677a}
  output{color:#b3261e;background:#fdecea;border-radius:4px;padding:8px 10px;font-size:14px}output:empty{display:none}`;

// The page may also be the answer to a link that was used before: behind it, `/` is where to go.
const script = `
  const form = document.querySelector('form');
  const answer = document.querySelector('output');
  const query = 'mutation($input: SignInInput!) { signIn(input: $input) { user { id } } }';
  async function signIn({ username, password }) {
    const body = JSON.stringify({ query, variables: { input: { username, password, withCookie: true } } });
    const response = await fetch('/graphql', { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    const { errors } = await response.json();
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

/** The page for a browser that is not signed in. */
export const signInPage = (message = ''): string =>
  withContentPolicy(`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Sign in · Signalbox</title>
<link rel="icon" href="${iconUrl}"><style>${style}
</style></head>
<body><form>
  <h1>${icon}Signalbox</h1>
  <output role="alert">${escaped(message)}</output>
  <label>Username<input name="username" autocomplete="username" required autofocus></label>
  <label>Password<input name="password" type="password" autocomplete="current-password" required></label>
  <button>Sign in</button>
  <p>As long as the first administrator has no password, each start of the server prints a link that signs in once.</p>
</form>
<script>${script}</script></body></html>`);
