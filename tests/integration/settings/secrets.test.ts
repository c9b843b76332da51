import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { sql } from '#core/database/sql.js';
import { createLogger, type Logger } from '#core/log/logger.js';
import { KeyRing } from '#core/secrets/key-ring.js';
import { setting } from '#core/settings/setting.js';
import { Settings } from '#core/settings/settings.js';
import { domains } from '../../../src/domains.js';
import { composeGraph } from '../../../src/graph.js';
import { readConfig } from '../../../src/config.js';
import { startApp } from '../../../src/app.js';
import { adminPassword, startTestApp, type TestApp } from '../../support/app.js';
import { recording, rowsOf } from '../../support/changes.js';
import { data, graphql, signIn, type Auth } from '../../support/client.js';
import { cloneDatabase } from '../../support/database.js';
import { enqueue, jobIn } from '../../support/probe.js';

const token = setting<string | null>({
  key: 'mail.token',
  description: 'Token of the mail server',
  schema: { type: 'string', minLength: 8 },
  default: null,
  isEncrypted: true,
});
const graph = composeGraph([...domains, { name: 'mail', settings: [token] }]);
const [oldKey, newKey] = [randomBytes(32), randomBytes(32)].map((key) => key.toString('base64')) as [string, string];
const secret = 'a secret that nobody sees';

const app = await startTestApp({ ROLE: 'api', ENCRYPTION_KEY: oldKey }, graph);
const admin = await signIn(app.url);

const shown = 'key value defaultValue isEncrypted hasValue isDefault revision updatedByName';
const look = async (url: string, auth: Auth): Promise<any> =>
  (await data(url, `{ setting(key: "mail.token") { ${shown} } }`, {}, auth)).setting;
const set = async (url: string, value: unknown, auth: Auth) =>
  graphql(
    url,
    `mutation($input: SetSettingInput!) { setSetting(input: $input) { setting { ${shown} } } }`,
    { input: { key: 'mail.token', value, expectedRevision: (await look(url, auth)).revision } },
    auth,
  );
const stored = async (of: TestApp): Promise<string> =>
  (await rowsOf(of, sql`select sealed_value from settings where key = 'mail.token'`))[0]!.sealed_value;
const valueIn = (of: Pick<TestApp, 'system'>) => of.system.services.get(Settings).value(token);

test('[mcpbox-67] the value of an encrypted setting is stored sealed and shown nowhere, neither when it is set nor when it changes', async () => {
  expect(await look(app.url, admin)).toMatchObject({ value: null, isEncrypted: true, hasValue: false, isDefault: true });
  expect(valueIn(app)).toBeNull();

  const { result, changes } = await recording(app, () => set(app.url, secret, admin));
  const again = await recording(app, () => set(app.url, `${secret}, once more`, admin));
  await set(app.url, secret, admin);

  expect(valueIn(app)).toBe(secret);
  expect(result.data.setSetting.setting).toMatchObject({ value: null, hasValue: true, isDefault: false, updatedByName: 'admin' });
  expect(changes).toMatchObject([{ action: 'settings.setting.set', after: { sealedValue: '[redacted]' } }]);
  expect(again.changes).toMatchObject([{ before: { sealedValue: '[redacted]' }, after: { sealedValue: '[redacted]' } }]);
  expect(await stored(app)).toMatch(/^v1:[\da-f]{8}:/);
  const everything = JSON.stringify([
    result,
    again,
    await rowsOf(app, sql`select * from changes`),
    await rowsOf(app, sql`select * from settings`),
    await data(app.url, `{ settings { nodes { ${shown} } } }`, {}, admin),
  ]);
  expect(everything).not.toContain(secret);
});

test('what is wrong with a secret is told without it', async () => {
  const before = await stored(app);
  for (const wrong of ['s3cr3t!', 77_777, { s3cr3t: 's3cr3t!' }]) {
    const { result, changes } = await recording(app, () => set(app.url, wrong, admin));

    expect(result.errors).toMatchObject([
      {
        message: 'The value does not fit the setting mail.token: see its schema',
        extensions: { code: 'BAD_USER_INPUT', paths: ['input.value'] },
      },
    ]);
    expect(JSON.stringify([result, changes])).not.toMatch(/s3cr3t|77777/);
  }
  expect(await stored(app)).toBe(before);
});

test('a sealed value opens only for the setting that it was set for', async () => {
  const fit = setting<string | null>({ ...token, key: 'mail.other' });
  await rowsOf(
    app,
    sql`insert into settings (id, created_at, updated_at, key, description, schema, is_encrypted, is_feature_flag, is_default, has_value, sealed_value)
      select gen_random_uuid(), now(), now(), 'mail.other', '', '{}', true, false, false, true, sealed_value from settings where key = 'mail.token'`,
  );
  const settings = app.system.services.get(Settings);
  settings.add(fit);
  await settings.reload();

  expect(() => settings.value(fit)).toThrow('The setting mail.other cannot be decrypted: set it anew');
  settings.remove('mail.other');
  await rowsOf(app, sql`delete from settings where key = 'mail.other'`);
});

/** Starts an app that writes its log to a list. */
async function startLogging(settings: Record<string, string>) {
  const lines: string[] = [];
  const dataDir = await mkdtemp(join(tmpdir(), 'signalbox-keys-'));
  const log = { ...createLogger('silent') } as unknown as Record<string, unknown>;
  for (const level of ['debug', 'info', 'warn', 'error'])
    log[level] = (...args: unknown[]) => void lines.push(`${level} ${JSON.stringify(args)}`);
  const config = readConfig({ PORT: '0', NODE_ENV: 'test', DATA_DIR: dataDir, ADMIN_PASSWORD: adminPassword, ROLE: 'api', ...settings });
  const started = await startApp(config, log as unknown as Logger, graph);
  onTestFinished(async () => {
    await started.stop();
    await rm(dataDir, { recursive: true, force: true });
  });
  return { ...started, url: started.url!, lines };
}

test('a setting whose key is missing is named with that key; the server starts, warns, and setting it anew works', async () => {
  const id = new KeyRing(Buffer.from(oldKey, 'base64')).currentId;
  // The keys that sign tokens are another matter: without them nobody could be let in.
  const databaseUrl = await cloneDatabase();
  const first = await startTestApp({ ROLE: 'api', ENCRYPTION_KEY: oldKey, DATABASE_URL: databaseUrl }, graph);
  await set(first.url, secret, await signIn(first.url));
  await rowsOf(first, sql`delete from signing_keys`);

  const later = await startLogging({ ENCRYPTION_KEY: newKey, DATABASE_URL: databaseUrl });
  const auth = await signIn(later.url);

  const message = `The setting mail.token is encrypted with the key ${id}, which this process does not have: add that to RETIRED_ENCRYPTION_KEYS, or set it anew`;
  expect(() => valueIn(later)).toThrow(expect.objectContaining({ name: 'AppError', code: 'PRECONDITION_FAILED', message }));
  expect(later.lines.filter((line) => line.startsWith('warn'))).toEqual([expect.stringContaining(message)]);
  expect(await look(later.url, auth)).toMatchObject({ value: null, hasValue: true });
  expect(later.system.services.get(Settings).valueOf('jobs.acceptNew')).toBe(true);

  expect((await set(later.url, 'another secret', auth)).errors).toBeUndefined();
  expect(valueIn(later)).toBe('another secret');
  expect(later.lines.join('\n')).not.toMatch(/another secret/);
});

test('without the key that the signing keys are sealed with nothing starts, and the error says what to set', async () => {
  await expect(startLogging({ ENCRYPTION_KEY: newKey, DATABASE_URL: app.databaseUrl })).rejects.toThrow(
    /sealed with the encryption key [\da-f]{8}, which is not there\. Set it as ENCRYPTION_KEY, or name it in RETIRED_ENCRYPTION_KEYS/,
  );
});

test('upkeep.reencrypt seals everything with the current key, so that a retired one can be removed', async () => {
  const databaseUrl = await cloneDatabase();
  const first = await startTestApp({ ROLE: 'api', ENCRYPTION_KEY: oldKey, DATABASE_URL: databaseUrl }, graph);
  const { refreshToken } = await signIn(first.url);
  await set(first.url, secret, await signIn(first.url));
  const row = async (of: TestApp) => (await rowsOf(of, sql`select revision, updated_at from settings where key = 'mail.token'`))[0];
  const before = await row(first);

  const both = await startTestApp({ ENCRYPTION_KEY: newKey, RETIRED_ENCRYPTION_KEYS: ` ${oldKey} , `, DATABASE_URL: databaseUrl }, graph);
  const auth = await signIn(both.url);
  expect(valueIn(both)).toBe(secret);
  const { id } = await enqueue(both.url, 'upkeep.reencrypt', {}, auth);
  const { result } = await jobIn(both.url, id, 'SUCCEEDED', auth);

  expect(result).toEqual({ resealed: 2, unreadable: 0 });
  const ring = new KeyRing(Buffer.from(newKey, 'base64'));
  expect(ring.isCurrent(await stored(both))).toBe(true);
  expect(await rowsOf(both, sql`select 1 from signing_keys where sealed_private_jwk not like ${`v1:${ring.currentId}:%`}`)).toEqual([]);
  expect(await row(both)).toEqual(before);
  // A token from before the change is still good while its key is among the retired ones.
  const refreshed = await graphql(both.url, `mutation { refreshSession(input: { refreshToken: "${refreshToken}" }) { accessToken } }`);
  expect(refreshed.errors).toBeUndefined();

  const last = await startTestApp({ ROLE: 'api', ENCRYPTION_KEY: newKey, DATABASE_URL: databaseUrl }, graph);
  expect(valueIn(last)).toBe(secret);
});

test('what reencrypt cannot open it leaves as it is, tells, and goes on', async () => {
  const { id: settingId } = (await rowsOf(app, sql`select id from settings where key = 'mail.token'`))[0]!;
  const foreign = new KeyRing(randomBytes(32)).seal('"x"', `settings:${settingId}`);
  await rowsOf(app, sql`update settings set sealed_value = ${foreign} where id = ${settingId}`);
  const worker = await startTestApp({ ENCRYPTION_KEY: newKey, RETIRED_ENCRYPTION_KEYS: oldKey, DATABASE_URL: app.databaseUrl }, graph);
  const auth = await signIn(worker.url);

  const { id } = await enqueue(worker.url, 'upkeep.reencrypt', {}, auth);

  expect((await jobIn(worker.url, id, 'SUCCEEDED', auth)).result).toEqual({ resealed: 1, unreadable: 1 });
  expect(await stored(app)).toBe(foreign);
  const lines = await rowsOf(app, sql`select text from job_log_lines where job_id = ${id} and level = 'WARN'`);
  expect(lines).toEqual([{ text: expect.stringContaining('neither ENCRYPTION_KEY nor one of RETIRED_ENCRYPTION_KEYS') }]);
});

test('the key file in the data folder holds the current key first and retired ones below', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'signalbox-keys-'));
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
  const first = await startTestApp({ ROLE: 'api', DATA_DIR: dataDir }, graph);
  await set(first.url, secret, await signIn(first.url));
  const file = join(dataDir, 'encryption.key');
  const made = await readFile(file, 'utf8');
  await writeFile(file, `${newKey}\n${made}`);

  const second = await startTestApp({ ROLE: 'api', DATA_DIR: dataDir, DATABASE_URL: first.databaseUrl }, graph);

  expect(valueIn(second)).toBe(secret);
  expect(second.system.services.get(KeyRing).currentId).toBe(new KeyRing(Buffer.from(newKey, 'base64')).currentId);
});
