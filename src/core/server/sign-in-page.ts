/** The page for a browser that is not signed in. */
export const signInPage = (message = ''): string => `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Sign in · Signalbox</title>
<style>
  body{font:16px/1.5 system-ui,sans-serif;background:#f2f5f8;color:#16202c;display:grid;place-items:center;min-height:100vh;margin:0}
  form{background:#fff;border:1px solid #d5dde5;border-radius:8px;padding:32px;width:320px;display:grid;gap:12px}
  h1{font-size:20px;margin:0}label{display:grid;gap:4px}input,button{font:inherit;padding:8px;border:1px solid #b7c3cf;border-radius:4px}
  button{background:#16202c;color:#fff;cursor:pointer}p{margin:0;font-size:14px;color:#54677a}output{color:#b3261e}
</style></head>
<body><form>
  <h1>Signalbox</h1>
  <label>Username<input name="username" autocomplete="username" required autofocus></label>
  <label>Password<input name="password" type="password" autocomplete="current-password" required></label>
  <button>Sign in</button>
  <output>${message.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)}</output>
  <p>As long as the first administrator has no password, each start of the server prints a link that signs in once.</p>
</form>
<script>
  document.querySelector('form').addEventListener('submit', async (event) => {
    event.preventDefault();
    const { username, password } = Object.fromEntries(new FormData(event.target));
    const body = JSON.stringify({ query: 'mutation($input: SignInInput!) { signIn(input: $input) { user { id } } }', variables: { input: { username, password, withCookie: true } } });
    const { errors } = await (await fetch('/graphql', { method: 'POST', headers: { 'content-type': 'application/json' }, body })).json();
    if (errors) document.querySelector('output').textContent = errors[0].message;
    else location.reload();
  });
</script></body></html>`;
