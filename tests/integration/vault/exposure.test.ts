import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { executeSql, sql } from '#core/database/sql.js';
import { createLogger, type Logger } from '#core/log/logger.js';
import { readSecretForRun } from '#domains/vault/index.js';
import { startApp } from '../../../src/app.js';
import { readConfig } from '../../../src/config.js';
import { graph } from '../../../src/domains.js';
import { adminPassword } from '../../support/app.js';
import { graphql, signIn, type Answer } from '../../support/client.js';
import { cloneDatabase } from '../../support/database.js';
import { aServer } from '../../support/tools.js';

const canary = 'canary-7f3a-of-the-vault';
const lines: string[] = [];
const log = createLogger('silent') as unknown as Record<string, unknown>;
for (const level of ['trace', 'debug', 'info', 'warn', 'error', 'fatal'])
  log[level] = (...args: unknown[]) =>
    void lines.push(JSON.stringify(args, (_, value: unknown) => (value instanceof Error ? { ...value, text: value.stack } : value)));
const dataDir = await mkdtemp(join(tmpdir(), 'signalbox-canary-'));
const config = readConfig({
  PORT: '0',
  NODE_ENV: 'test',
  DATA_DIR: dataDir,
  ADMIN_PASSWORD: adminPassword,
  ROLE: 'api',
  LOG_LEVEL: 'debug',
  DATABASE_URL: await cloneDatabase(),
});
const app = await startApp(config, log as unknown as Logger, graph);
afterAll(async () => {
  await app.stop();
  await rm(dataDir, { recursive: true, force: true });
});
const url = app.url!;

/** Where in the database a text stands: every column of every table of every schema is looked at. */
async function foundIn(text: string): Promise<string[]> {
  const em = app.system.database.fork();
  const tables = await executeSql<{ s: string; t: string }>(
    em,
    sql`select schemaname as s, tablename as t from pg_tables where schemaname not in ('pg_catalog', 'information_schema')`,
  );
  const found: string[] = [];
  for (const { s, t } of tables) {
    const rows = await executeSql(em, sql`select 1 from ${sql.ref(`${s}.${t}`)} x where strpos(x::text, ${text}) > 0 limit 1`);
    if (rows.length > 0) found.push(t);
  }
  return found;
}

test('[mcpbox-42] [cdsa-62] a value is in no answer but that of revealSecret, in no error, line of the log, audit entry or column of the database', async () => {
  const admin = await signIn(url);
  const answers: Answer[] = [];
  const ask = async (mutation: string, input: string, selection = 'cursor'): Promise<Answer> => {
    const answer = await graphql(url, `mutation { ${mutation}(input: ${input}) { ${selection} } }`, {}, admin);
    answers.push(answer);
    return answer;
  };
  const { id: serverId } = await aServer(app);
  const made = await ask('createSecret', `{ name: "CANARY", serverId: "${serverId}", value: "${canary}-1" }`, 'secret { id }');
  const { id } = made.data.createSecret.secret;
  await ask('setSecretValue', `{ id: "${id}", value: "${canary}-2" }`);
  await ask('rotateSecret', `{ id: "${id}", value: "${canary}-3", reason: "Yearly" }`);
  // What is wrong with the request, or with its place in the schema, or at that moment.
  await ask('createSecret', `{ name: "CANARY", serverId: "${serverId}", value: "${canary}" }`);
  await ask('createSecret', `{ name: "2", value: "${canary}" }`);
  await ask('createSecret', `{ name: "LONG", value: "${canary.repeat(4_000)}" }`);
  await ask('rotateSecret', `{ id: "${id}", value: "${canary}", expectedRevision: 1 }`);
  await ask('rotateSecret', `{ id: "${randomUUID()}", value: "${canary}" }`);
  for (const input of [
    { id, value: [canary] },
    { id, value: { [canary]: canary } },
    { id: [canary, canary], value: canary },
    { value: canary },
  ])
    answers.push(
      await graphql(url, 'mutation($input: SetSecretValueInput!) { setSecretValue(input: $input) { cursor } }', { input }, admin),
    );
  await executeSql(app.system.database.fork(), sql`alter table secret_versions rename column rotation_reason to moved`);
  await ask('setSecretValue', `{ id: "${id}", value: "${canary}-broken" }`);
  await executeSql(app.system.database.fork(), sql`alter table secret_versions rename column moved to rotation_reason`);
  expect(answers.at(-1)!.errors).toMatchObject([{ extensions: { code: 'INTERNAL' } }]);
  await app.system.sequencer.run();
  const shown = await graphql(
    url,
    `
      {
        secrets {
          nodes {
            id
            name
            description
            metadata
            tags
            hasValue
            encryptionKeyId
            versions {
              nodes {
                id
                rotationReason
              }
            }
            accesses {
              nodes {
                detail
              }
            }
          }
        }
        auditEntries {
          nodes {
            action
            message
            changes
            details
          }
        }
      }
    `,
    {},
    admin,
  );
  answers.push(shown);
  expect(await readSecretForRun(app.system, { serverId, name: 'CANARY', by: { id: null, name: 'a run' } })).toBe(`${canary}-3`);

  const revealed = await graphql(url, `mutation { revealSecret(input: { id: "${id}" }) { value } }`, {}, admin);

  expect(revealed.data.revealSecret.value).toBe(`${canary}-3`);
  expect(answers.filter(({ errors }) => errors).length).toBe(10);
  expect(JSON.stringify(answers)).not.toContain(canary);
  expect(lines.filter((line) => line.includes(canary))).toEqual([]);
  expect(lines.some((line) => line.includes('unexpected error'))).toBe(true);
  const encodings = [canary, Buffer.from(canary).toString('base64').slice(0, -4), Buffer.from(canary).toString('hex')];
  for (const text of encodings) expect(await foundIn(text)).toEqual([]);
  // What is looked for would be found.
  expect(await foundIn('Yearly')).toEqual(expect.arrayContaining(['changes', 'secret_versions']));
  const actions = shown.data.auditEntries.nodes.map(({ action }: { action: string }) => action);
  for (const action of ['vault.secret.created', 'vault.secret.set', 'vault.secret.rotated', 'rotateSecret.denied', 'setSecretValue.failed'])
    expect(actions).toContain(action);
});
