import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { startChild } from '../../child.mjs';
import { documents } from '../documents.mjs';
import { makeGraphqlRequests } from '../requests.mjs';

const password = randomBytes(16).toString('hex');
const encryptionKey = randomBytes(32).toString('base64');

/** Makes the tables of Signalbox, by its migrations. */
export async function prepare(conditions) {
  const { stop } = await startServer(conditions);
  await stop();
}

/** Starts Signalbox with a domain of its own for the bench, and signs in: every request carries a token, which is checked. */
export async function start(conditions) {
  const { pid, url, stop } = await startServer(conditions);
  const answer = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      query: 'mutation($input: SignInInput!) { signIn(input: $input) { accessToken } }',
      variables: { input: { username: 'admin', password } },
    }),
  });
  const { data } = await answer.json();
  const headers = { authorization: `Bearer ${data.signIn.accessToken}` };
  const requests = await makeGraphqlRequests({ url: `${url}/graphql`, documents, headers });
  return { pid, requests, stop };
}

const startServer = ({ databaseUrl, dataDir, withPolicy = false, callerId = '' }) =>
  startChild(join(import.meta.dirname, 'server.mjs'), {
    DATABASE_URL: databaseUrl,
    DATA_DIR: join(dataDir, 'signalbox'),
    TOOLKIT_STORAGE_DIR: join(dataDir, 'toolkits'),
    PORT: '0',
    ROLE: 'api',
    ADMIN_PASSWORD: password,
    ENCRYPTION_KEY: encryptionKey,
    LOG_LEVEL: 'error',
    WITH_POLICY: String(withPolicy),
    CALLER_ID: callerId,
  });
