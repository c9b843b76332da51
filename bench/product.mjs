import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { startChild } from './child.mjs';

const main = join(import.meta.dirname, '..', 'dist', 'src', 'main.js');
const password = randomBytes(16).toString('hex');
const encryptionKey = randomBytes(32).toString('base64');

/** The settings of a Signalbox with the operations of the benchmarks; all processes on one database share them. */
export const productSettings = ({ databaseUrl, dataDir, ...more }) => ({
  DATABASE_URL: databaseUrl,
  DATA_DIR: join(dataDir, 'signalbox'),
  TOOLKIT_STORAGE_DIR: join(import.meta.dirname, 'toolkits'),
  PORT: '0',
  ADMIN_PASSWORD: password,
  ENCRYPTION_KEY: encryptionKey,
  LOG_LEVEL: 'error',
  HEARTBEAT_MS: '600000',
  // A million lines are more than a job may print by default.
  JOB_LOG_BYTES: String(1024 ** 3),
  ...more,
});

/** Starts the server as it is, and signs in: `graphql(query, variables)` asks it as the administrator. */
export async function startProduct(settings, options) {
  const child = await startChild(main, productSettings({ ROLE: 'api', ...settings }), options);
  const post = async (query, variables, headers = {}) => {
    const answer = await fetch(`${child.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = await answer.json();
    if (errors) throw new Error(`Signalbox answered: ${errors[0].message}`);
    return data;
  };
  const { signIn } = await post('mutation($input: SignInInput!) { signIn(input: $input) { accessToken } }', {
    input: { username: 'admin', password },
  });
  const token = signIn.accessToken;
  return { ...child, token, graphql: (query, variables) => post(query, variables, { authorization: `Bearer ${token}` }) };
}

const enqueueing = `mutation($input: EnqueueJobInput!) { enqueueJob(input: $input) { cursor job { id } } }`;

/** Asks for a job, as a client would; returns its id and the cursor that stands before everything of it. */
export async function enqueue({ graphql }, name, parameters = {}) {
  const { enqueueJob } = await graphql(enqueueing, { input: { name, parameters } });
  return { id: enqueueJob.job.id, cursor: enqueueJob.cursor };
}
