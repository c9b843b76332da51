import { spawn } from 'node:child_process';
import { join } from 'node:path';

const password = 'a password for the bench only';
const query = `{ jobs(first: 20, orderBy: [{ field: createdAt, direction: DESC }]) {
  nodes { id name status createdAt requestedBy { id username } events(last: 5) { nodes { id seq status message progress } } } } }`;

/** Starts the compiled server, API only, on the database; resolves with the request to repeat. */
export async function startSignalbox(databaseUrl, dataDir) {
  const env = {
    ...process.env,
    DATABASE_URL: databaseUrl,
    DATA_DIR: join(dataDir, 'files'),
    PORT: '0',
    ROLE: 'api',
    ADMIN_PASSWORD: password,
    LOG_LEVEL: 'error',
  };
  const child = spawn(process.execPath, [join(import.meta.dirname, '..', 'dist', 'src', 'main.js')], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await new Promise((resolve, reject) => {
    let said = '';
    child.stdout.on('data', (chunk) => {
      said += chunk;
      const found = /Signalbox is at (\S+)/.exec(said);
      if (found) resolve(found[1]);
    });
    child.once('exit', () => reject(new Error('the server ended')));
  });
  const post = async (body, headers = {}) => {
    const answer = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    const { data, errors } = await answer.json();
    if (errors) throw new Error(errors[0].message);
    return data;
  };
  const { signIn } = await post({
    query: 'mutation($input: SignInInput!) { signIn(input: $input) { accessToken } }',
    variables: { input: { username: 'admin', password } },
  });
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${signIn.accessToken}` };
  return {
    request: { url: `${url}/graphql`, method: 'POST', headers, body: JSON.stringify({ query }) },
    sample: () => post({ query }, headers),
    stop: () => new Promise((resolve) => child.once('exit', resolve) && child.kill('SIGTERM')),
  };
}
