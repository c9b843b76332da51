import { expect, test } from 'vitest';
import { sql } from '#core/database/sql.js';
import { write } from '#core/feed/write.js';
import { system as systemActor } from '#core/policy/actor.js';
import { setting, type SettingDeclaration } from '#core/settings/setting.js';
import { Settings } from '#core/settings/settings.js';
import { seedSettings } from '#domains/settings/index.js';
import { domains } from '../../../src/domains.js';
import { composeGraph } from '../../../src/graph.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { rowsOf } from '../../support/changes.js';
import { data, graphql, signIn } from '../../support/client.js';

const days = setting<number>({ key: 'late.days', description: 'Days', schema: { type: 'integer' }, default: 3 });
const graph = composeGraph(domains);
const app = await startTestApp({ ROLE: 'api' }, graph);
const admin = await signIn(app.url);
const origin = { actor: systemActor, requestId: null, traceId: null, sourceIp: null, userAgent: null };
const seed = ({ system }: TestApp, declaration: SettingDeclaration = days) =>
  write(system, origin, (context) => seedSettings(context, [declaration]));
const look = async () =>
  (await data(app.url, '{ setting(key: "late.days") { value defaultValue isDefault isDeclared description revision } }', {}, admin))
    .setting;
const set = (value: unknown, expectedRevision: number) =>
  graphql(
    app.url,
    'mutation($input: SetSettingInput!) { setSetting(input: $input) { cursor } }',
    { input: { key: 'late.days', value, expectedRevision } },
    admin,
  );

test('a setting that comes while everything runs is there at once, can be set, and its row stays when it goes', async () => {
  const settings = app.system.services.get(Settings);
  expect(() => settings.valueOf('late.days')).toThrow('Nothing declares the setting late.days');

  settings.add(days);
  await seed(app);
  expect(settings.value(days)).toBe(3);
  expect((await set(5, 1)).errors).toBeUndefined();
  expect(settings.value(days)).toBe(5);

  settings.remove('late.days');
  expect(() => settings.value(days)).toThrow('Nothing declares the setting late.days');
  expect(await look()).toMatchObject({ value: 5, isDefault: false, isDeclared: false, revision: 2 });
  expect((await set(6, 2)).errors).toMatchObject([
    { message: 'Nothing uses the setting late.days any more: it can be reset, but not set', extensions: { code: 'PRECONDITION_FAILED' } },
  ]);

  settings.add(days);
  expect(settings.value(days)).toBe(5);
});

test('a new version of a declaration changes what a row says of it and never what people have set; nothing new changes no row', async () => {
  const before = await look();
  await seed(app);
  expect(await look()).toEqual(before);

  await seed(app, { ...days, default: 4, description: 'Days, in words' });

  expect(await look()).toMatchObject({ value: 5, defaultValue: 4, isDefault: false, description: 'Days, in words' });
});

test('what was set and does not fit a newer schema gives way to the default', async () => {
  const settings = app.system.services.get(Settings);

  settings.add({ ...days, schema: { type: 'integer', maximum: 4 } });

  expect(settings.value(days)).toBe(3);
  expect(await rowsOf(app, sql`select value from settings where key = 'late.days'`)).toEqual([{ value: 5 }]);
  settings.add(days);
  expect(settings.value(days)).toBe(5);
});

test('of many nodes that bring the same settings at once, each finds one row', async () => {
  const fresh = setting({ key: 'late.word', description: 'A word', schema: { type: 'string' }, default: 'a' });

  await Promise.all(Array.from({ length: 6 }, () => seed(app, fresh as never)));

  expect(await rowsOf(app, sql`select value from settings where key = 'late.word'`)).toEqual([{ value: 'a' }]);
});

test('a secret that nothing uses any more can be taken away', async () => {
  const secret = setting<string | null>({
    key: 'late.secret',
    description: 'A secret',
    schema: { type: 'string' },
    default: null,
    isEncrypted: true,
  });
  const settings = app.system.services.get(Settings);
  settings.add(secret);
  await seed(app, secret);
  const mutation = (name: string, value = '') =>
    `mutation { ${name}(input: { key: "late.secret", ${value} expectedRevision: ${name === 'setSetting' ? 1 : 2} }) { setting { hasValue isDefault } } }`;
  await data(app.url, mutation('setSetting', 'value: "hidden",'), {}, admin);
  settings.remove('late.secret');

  const { resetSetting } = await data(app.url, mutation('resetSetting'), {}, admin);

  expect(resetSetting.setting).toEqual({ hasValue: false, isDefault: true });
  expect(await rowsOf(app, sql`select value, sealed_value from settings where key = 'late.secret'`)).toEqual([
    { value: null, sealed_value: null },
  ]);
});
