import { beforeEach, expect, test, vi } from 'vitest';
import { sql } from '#core/database/sql.js';
import { Settings } from '#core/settings/settings.js';
import { graph } from '../../../src/domains.js';
import { commandHere } from '../../e2e/support/command.js';
import { recording, rowsOf } from '../../support/changes.js';
import { data, graphql, signIn, type Auth } from '../../support/client.js';
import { eventually, startProbeApp } from '../../support/probe.js';
import { aRole } from '../../support/roles.js';
import { signedIn } from '../../support/users.js';

const app = await startProbeApp({ ROLE: 'api', JOB_RETENTION_DAYS: '12' });
const other = await startProbeApp({ ROLE: 'api', JOB_RETENTION_DAYS: '12', DATABASE_URL: app.databaseUrl });
const admin = await signIn(app.url);
await aRole(app, 'setter', ['setting:write']);
const setter = await signedIn(app, 'setter', ['setter']);
const stranger = await signedIn(app, 'stranger');

const shown =
  'key description schema value defaultValue isEncrypted isFeatureFlag isDefault isDeclared hasValue revision updatedByName updatedBy { username }';
const look = async (key: string, auth: Auth = admin): Promise<any> =>
  (await data(app.url, `query($key: String!) { setting(key: $key) { ${shown} } }`, { key }, auth)).setting;
const change = (name: string, input: object, auth: Auth = admin, url = app.url) => {
  const type = `${name[0]!.toUpperCase()}${name.slice(1)}Input`;
  return graphql(url, `mutation($input: ${type}!) { ${name}(input: $input) { cursor setting { ${shown} } } }`, { input }, auth);
};
const set = async (key: string, value: unknown, auth: Auth = admin) =>
  change('setSetting', { key, value, expectedRevision: (await look(key)).revision }, auth);
const enqueue = (url: string) =>
  graphql(url, 'mutation { enqueueJob(input: { name: "probe.print", parameters: { lines: 1 } }) { job { status } } }', {}, admin);

beforeEach(async () => {
  for (const { key, isDefault, revision } of (await data(app.url, '{ settings { nodes { key isDefault revision } } }', {}, admin)).settings
    .nodes)
    if (!isDefault) await change('resetSetting', { key, expectedRevision: revision });
});

test('each declared setting has a row from the first start on, with its default, schema and what it does', async () => {
  const { settings } = await data(app.url, `{ settings(orderBy: [{ field: KEY }]) { nodes { ${shown} } } }`, {}, admin);

  expect(settings.nodes.map(({ key }: any) => key)).toEqual(graph.settings.map(({ key }) => key).sort());
  expect(settings.nodes.find(({ key }: any) => key === 'jobs.acceptNew')).toMatchObject({
    description: expect.stringContaining('new jobs'),
    schema: { type: 'boolean' },
    value: true,
    defaultValue: true,
    isEncrypted: false,
    isFeatureFlag: true,
    isDefault: true,
    isDeclared: true,
    hasValue: true,
    updatedByName: null,
    updatedBy: null,
  });
  expect((await look('toolkits.bundleUpload')).value).toBe(false);
});

test('what the environment says is the default of the setting that stands for it', async () => {
  expect(await look('jobs.retentionDays')).toMatchObject({ value: 12, defaultValue: 12, isDefault: true });
  expect(app.system.services.get(Settings).valueOf('jobs.retentionDays')).toBe(12);
});

test('[toolbox-37] A changed feature flag takes effect on every node without a restart', async () => {
  expect((await enqueue(other.url)).errors).toBeUndefined();

  const { errors } = await set('jobs.acceptNew', false);

  expect(errors).toBeUndefined();
  const refusal = {
    message: 'No new jobs are taken in at the moment: the feature flag jobs.acceptNew is off',
    extensions: { code: 'PRECONDITION_FAILED' },
  };
  expect((await enqueue(app.url)).errors).toMatchObject([refusal]);
  const refused = await eventually(
    'the other node to refuse jobs',
    () => enqueue(other.url),
    (answer) => answer.errors !== undefined,
  );
  expect(refused.errors).toMatchObject([refusal]);

  await set('jobs.acceptNew', true);
  await eventually(
    'the other node to take jobs again',
    () => enqueue(other.url),
    (answer) => answer.errors === undefined,
  );
});

test('[toolbox-37] A changed feature flag takes effect on every node without a restart, also when the bell is lost', async () => {
  const send = vi.spyOn(app.system.bell.transport, 'send').mockResolvedValue();
  try {
    await set('jobs.acceptNew', false);
    await vi.waitFor(() => expect(send).toHaveBeenCalledWith(expect.arrayContaining(['settings'])), { timeout: 20_000 });

    await eventually(
      'the other node to look by itself',
      () => enqueue(other.url),
      (answer) => answer.errors?.[0]?.extensions.code === 'PRECONDITION_FAILED',
    );
  } finally {
    send.mockRestore();
  }
});

test('a setting is read without a statement, and tells of its changes', async () => {
  const settings = other.system.services.get(Settings);
  const told = vi.fn();
  const stop = settings.onChange(told);

  await set('jobs.retentionDays', 3);

  await vi.waitFor(() => expect(settings.valueOf('jobs.retentionDays')).toBe(3), { timeout: 20_000 });
  expect(told).toHaveBeenCalled();
  stop();
});

test('[scheduler-28] a setting remembers who changed it last and when, and the record has both values', async () => {
  const before = await look('jobs.retentionDays');

  const { result, changes } = await recording(app, () => set('jobs.retentionDays', 90, setter));

  expect(result.data.setSetting.setting).toEqual({
    ...before,
    value: 90,
    isDefault: false,
    revision: before.revision + 1,
    updatedByName: 'setter',
    updatedBy: { username: 'setter' },
  });
  expect(await look('jobs.retentionDays')).toMatchObject({ value: 90, updatedBy: { username: 'setter' } });
  expect(changes).toMatchObject([
    {
      action: 'settings.setting.set',
      outcome: 'SUCCESS',
      actor_username: 'setter',
      target_type: 'Setting',
      before: { value: 12, isDefault: true },
      after: { value: 90, isDefault: false },
    },
  ]);
});

test('a reset takes back what was set, and is recorded', async () => {
  await set('jobs.retentionDays', 90);
  const { revision } = await look('jobs.retentionDays');

  const { changes } = await recording(app, () => change('resetSetting', { key: 'jobs.retentionDays', expectedRevision: revision }));

  expect(await look('jobs.retentionDays')).toMatchObject({ value: 12, isDefault: true, hasValue: true, revision: revision + 1 });
  expect(app.system.services.get(Settings).valueOf('jobs.retentionDays')).toBe(12);
  expect(changes).toMatchObject([{ action: 'settings.setting.reset', before: { value: 90 }, after: { value: 12 } }]);
});

test.each<[unknown, string]>([
  ['many', 'must be integer'],
  [0, 'must be >= 1'],
  [1.5, 'must be integer'],
  [[1], 'must be integer'],
  [{ days: 1 }, 'must be integer'],
])('the value %j of a wrong type is refused with its place, and changes nothing', async (value, why) => {
  const before = await look('jobs.retentionDays');

  const { result, changes } = await recording(app, () => set('jobs.retentionDays', value));

  expect(result.errors).toMatchObject([
    {
      message: `The value does not fit the setting jobs.retentionDays: input.value ${why}`,
      extensions: { code: 'BAD_USER_INPUT', paths: ['input.value'] },
    },
  ]);
  expect(await look('jobs.retentionDays')).toEqual(before);
  expect(changes).toEqual([]);
});

test('there is no setting of a key that nobody declared', async () => {
  const { errors } = await change('setSetting', { key: 'jobs.unknown', value: 1, expectedRevision: 1 });

  expect(errors).toMatchObject([{ message: 'Setting jobs.unknown was not found', extensions: { code: 'NOT_FOUND' } }]);
});

test('of two who set the same revision at once, one is told that it has changed meanwhile', async () => {
  const { revision } = await look('jobs.retentionDays');
  const input = { key: 'jobs.retentionDays', expectedRevision: revision };

  const answers = await Promise.all([
    change('setSetting', { ...input, value: 5 }),
    change('setSetting', { ...input, value: 6 }, admin, other.url),
  ]);

  const [won, lost] = answers[0]!.errors ? [answers[1]!, answers[0]!] : [answers[0]!, answers[1]!];
  expect(won.errors).toBeUndefined();
  expect(lost.errors).toMatchObject([{ extensions: { code: 'CONFLICT' } }]);
  expect(await look('jobs.retentionDays')).toMatchObject({ value: won.data.setSetting.setting.value, revision: revision + 1 });
});

test('who holds neither setting:read nor setting:write sees feature flags only, and changes nothing', async () => {
  const query = '{ settings { nodes { key isFeatureFlag } } flags: settings(filter: { isFeatureFlag: { eq: true } }) { nodes { key } } }';
  const flags = graph.settings.filter(({ isFeatureFlag }) => isFeatureFlag).map(({ key }) => key);

  const seen = await data(app.url, query, {}, stranger);

  expect(seen.settings.nodes.map(({ key }: any) => key).sort()).toEqual([...flags].sort());
  expect(seen.flags.nodes).toHaveLength(flags.length);
  expect(await look('jobs.retentionDays', stranger)).toBeNull();
  const { result, changes } = await recording(app, () => set('jobs.acceptNew', false, stranger));
  expect(result.errors).toMatchObject([{ message: 'This needs the permission setting:write', extensions: { code: 'FORBIDDEN' } }]);
  expect(changes).toMatchObject([{ action: 'setSetting.denied', outcome: 'DENIED', actor_username: 'stranger' }]);
  expect((await look('jobs.acceptNew')).value).toBe(true);
});

test('while no jobs are taken in, what a schedule of people would start is missed, and what Signalbox does for itself goes on', async () => {
  const worker = await startProbeApp({ ROLE: 'worker', DATABASE_URL: app.databaseUrl });
  await set('jobs.acceptNew', false);
  await eventually(
    'the worker to know',
    () => worker.system.services.get(Settings).valueOf('jobs.acceptNew'),
    (value) => value === false,
  );

  await rowsOf(
    app,
    sql`insert into job_schedules (id, name, operation, cron, timezone, parameters, priority, is_enabled, next_run_at, created_by_name, runs_as_name, runs_as_id, created_at, updated_at)
      values (gen_random_uuid(), 'of people', 'probe.print', '0 0 1 1 *', 'UTC', '{"lines":1}', 0, true, now(), 'somebody', 'admin', (select id from users where username = 'admin'), now(), now())`,
  );
  await rowsOf(app, sql`update job_schedules set next_run_at = now() where name = 'upkeep.trimJobs'`);

  const schedules = () =>
    rowsOf(
      app,
      sql`select name, last_error, last_run_at is not null as ran from job_schedules where name in ('of people', 'upkeep.trimJobs') order by name`,
    );
  await eventually('both to have been due', schedules, (rows) => rows.every(({ last_error, ran }) => last_error !== null || ran));
  expect(await schedules()).toEqual([
    { name: 'of people', last_error: expect.stringContaining('jobs.acceptNew is off'), ran: false },
    { name: 'upkeep.trimJobs', last_error: null, ran: true },
  ]);
});

test('[mcpbox-50] there is one configuration of the installation, and whoever is signed in sees it', async () => {
  const query = '{ globalConfig { id configKey allowedModules createdAt updatedAt } }';

  const { globalConfig } = await data(app.url, query, {}, stranger);

  expect(globalConfig).toMatchObject({ configKey: 'main', allowedModules: expect.arrayContaining(['json', 'math', 're', 'datetime']) });
  for (const unsafe of ['os', 'sys', 'subprocess', 'socket', 'ctypes', 'importlib', 'pickle'])
    expect(globalConfig.allowedModules).not.toContain(unsafe);
  expect(await rowsOf(app, sql`select config_key from global_configs`)).toEqual([{ config_key: 'main' }]);
  await expect(
    rowsOf(
      app,
      sql`insert into global_configs (id, config_key, allowed_modules, created_at, updated_at) values (gen_random_uuid(), 'main', '[]', now(), now())`,
    ),
  ).rejects.toThrow('global_configs_config_key_unique');
  expect((await graphql(app.url, query)).errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
});

test('what shortens the audit trail, or lets code in, is recorded as what matters, and the former has a least', async () => {
  const kept = { CRITICAL: 365, HIGH: 365, MEDIUM: 30, LOW: 1, INFO: 1 };

  const { changes } = await recording(app, async () => {
    await set('audit.retentionDays', kept);
    await set('toolkits.bundleUpload', true);
    await set('jobs.retentionDays', 90);
  });
  const refused = await Promise.all(
    [{ CRITICAL: 364 }, { HIGH: 364 }, { MEDIUM: 29 }].map((less) => set('audit.retentionDays', { ...kept, ...less })),
  );

  expect(changes).toMatchObject([
    { severity: 'HIGH', retention_days: 3650 },
    { severity: 'HIGH', retention_days: 365 },
    { severity: 'MEDIUM', retention_days: 30 },
  ]);
  expect(refused.map(({ errors }) => errors![0]!.extensions)).toEqual(
    ['CRITICAL', 'HIGH', 'MEDIUM'].map((name) => ({ code: 'BAD_USER_INPUT', paths: [`input.value.${name}`] })),
  );
});

test('a setting matters as much in the trail when the command line changes it', async () => {
  const here = { DATABASE_URL: app.databaseUrl, DATA_DIR: app.dataDir };

  const { changes } = await recording(app, async () => {
    for (const args of [
      ['sessions.retentionDays', '91'],
      ['toolkits.bundleUpload', 'true'],
    ])
      expect(await commandHere(['setting', 'set', ...args], here)).toMatchObject({ code: 0 });
    expect(await commandHere(['setting', 'reset', 'sessions.retentionDays'], here)).toMatchObject({ code: 0 });
  });

  expect(changes).toMatchObject([
    { action: 'settings.setting.set', severity: 'MEDIUM', actor_username: 'command line' },
    { action: 'settings.setting.set', severity: 'HIGH', actor_username: 'command line' },
    { action: 'settings.setting.reset', severity: 'MEDIUM', actor_username: 'command line' },
  ]);
});

test('a value is not stored openly for a setting that another process has just made a secret', async () => {
  const { revision } = await look('jobs.retentionDays');
  await rowsOf(app, sql`update settings set is_encrypted = true where key = 'jobs.retentionDays'`);

  const { errors } = await change('setSetting', { key: 'jobs.retentionDays', value: 77, expectedRevision: revision });

  expect(errors![0]!.extensions.code).toBe('CONFLICT');
  const [row] = await rowsOf(app, sql`update settings set is_encrypted = false where key = 'jobs.retentionDays' returning value, revision`);
  expect(row).toEqual({ value: 12, revision });
});
