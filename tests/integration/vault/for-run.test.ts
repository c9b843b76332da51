import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { sql } from '#core/database/sql.js';
import { system as itself } from '#core/policy/actor.js';
import { readSecretForRun, readServerSecret, secretNames } from '#domains/vault/index.js';
import { startTestApp } from '../../support/app.js';
import { rowsOf } from '../../support/changes.js';
import { data, signIn } from '../../support/client.js';
import { mutated } from '../../support/mutation.js';
import { accessesOf, aSecret } from '../../support/secrets.js';
import { aUser } from '../../support/users.js';
import { aServer } from '../../support/tools.js';

const app = await startTestApp({ ROLE: 'api' });
const admin = await signIn(app.url);
const user = await aUser(app, 'runa', ['viewer']);
const by = { id: user.id, name: 'runa' };
const toolId = randomUUID();
const executionId = randomUUID();

test('[cdsa-38] a run gets the value of a secret of its server by its name, and the access says who ran which tool', async () => {
  const { id: serverId } = await aServer(app);
  const { id, name } = await aSecret(app, null, { serverId, value: 'for tools' });
  const before = await rowsOf(app, sql`select revision, updated_at from secrets where id = ${id}`);

  expect(await readSecretForRun(app.system, { serverId, name, toolId, executionId, by, ipAddress: '192.0.2.1' })).toBe('for tools');

  const [access] = await rowsOf(app, sql`select * from secret_accesses where secret_id = ${id} and access_type = 'READ'`);
  expect(access).toMatchObject({
    secret_name: name,
    server_id: serverId,
    user_id: user.id,
    user_name: 'runa',
    tool_id: toolId,
    execution_id: executionId,
    is_successful: true,
    detail: null,
    ip_address: '192.0.2.1',
  });
  const { secret } = await data(app.url, `{ secret(id: "${id}") { lastAccessedAt } }`, {}, admin);
  expect(Math.abs(Date.parse(secret.lastAccessedAt) - Date.now())).toBeLessThan(60_000);
  expect(await rowsOf(app, sql`select revision, updated_at from secrets where id = ${id}`)).toEqual(before);
});

test('a run gets null for what is missing, a placeholder, inactive or expired, and each try is noted with its reason', async () => {
  const { id: serverId } = await aServer(app);
  const empty = await aSecret(app, null, { serverId });
  const expired = await aSecret(app, null, { serverId, value: 's3cr3t', expiresAt: new Date(Date.now() - 1) });
  const inactive = await aSecret(app, null, { serverId, value: 's3cr3t' });
  await mutated(app, 'updateSecret', { id: inactive.id, expectedRevision: 1, isActive: false }, admin);
  const missing = { name: `M_${randomUUID()}` };

  for (const [{ name }, detail] of [
    [missing, 'The server has no secret of this name'],
    [empty, `The secret ${empty.name} has no value yet`],
    [expired, `The secret ${expired.name} has expired`],
    [inactive, `The secret ${inactive.name} is not active`],
  ] as const) {
    expect(await readSecretForRun(app.system, { serverId, name, toolId, by })).toBeNull();
    expect((await accessesOf(app, name)).at(-1)).toEqual({ by: 'runa', type: 'READ', ok: false, detail });
  }
  expect(await rowsOf(app, sql`select 1 from secrets where server_id = ${serverId} and last_accessed_at is not null`)).toEqual([]);
});

test('a run never gets the secret of another server, nor one that a user keeps', async () => {
  const [serverId, other] = [(await aServer(app)).id, (await aServer(app)).id];
  const { name } = await aSecret(app, user.id, { serverId: other, value: 'of the other' });
  await aSecret(app, user.id, { name, value: 'of the user' });

  expect(await readSecretForRun(app.system, { serverId, name, by })).toBeNull();
  expect(await readSecretForRun(app.system, { serverId: other, name, by })).toBe('of the other');
});

test('a secret that asks for a permission is read by runs of its holders: of a user as they are now, of an actor as it comes', async () => {
  const { id: serverId } = await aServer(app);
  const { name } = await aSecret(app, null, { serverId, value: 'x', requiredPermission: 'job:read' });
  const read = (reader: Parameters<typeof readSecretForRun>[1]['by']) => readSecretForRun(app.system, { serverId, name, by: reader });
  const without = await aUser(app, 'wilma');
  const gone = await aUser(app, 'gone', ['viewer'], { isActive: false });
  const narrowed = { ...itself, kind: 'user' as const, isSuperuser: false, id: user.id, name: 'runa' };

  expect(await read(by)).toBe('x');
  expect(await read({ id: without.id, name: 'wilma' })).toBeNull();
  expect(await read({ id: gone.id, name: 'gone' })).toBeNull();
  expect(await read({ id: null, name: 'nobody' })).toBeNull();
  // As a program whose token leaves the permission out.
  expect(await read(narrowed)).toBeNull();
  expect(await read({ ...narrowed, permissions: new Set(['job:read']) })).toBe('x');

  await rowsOf(app, sql`delete from role_assignments where user_id = ${user.id}`);
  expect(await read(by)).toBeNull();
  expect((await accessesOf(app, name)).at(-1)).toEqual({
    by: 'runa',
    type: 'READ',
    ok: false,
    detail: 'This needs the permission job:read',
  });
});

test('Signalbox reads a secret of a server for a purpose, which is noted; on behalf of somebody it keeps to their rights', async () => {
  const { id: serverId } = await aServer(app);
  const { name } = await aSecret(app, null, { serverId, value: 'x', requiredPermission: 'audit:read' });
  const purpose = 'Connection to the source weather';

  expect(await readServerSecret(app.system, { serverId, name, purpose })).toBe('x');
  expect(await readServerSecret(app.system, { serverId, name, purpose, by })).toBeNull();
  expect(await readServerSecret(app.system, { serverId, name: 'NONE', purpose })).toBeNull();

  expect((await accessesOf(app, name)).slice(1)).toEqual([
    { by: 'signalbox', type: 'READ', ok: true, detail: purpose },
    { by: 'runa', type: 'READ', ok: false, detail: `${purpose}: This needs the permission audit:read` },
  ]);
  expect(await accessesOf(app, 'NONE')).toEqual([
    { by: 'signalbox', type: 'READ', ok: false, detail: `${purpose}: The server has no secret of this name` },
  ]);
});

test('the names of the secrets of a server are told in their order, placeholders too', async () => {
  const { id: serverId } = await aServer(app);
  for (const name of ['b', 'A', 'a']) await aSecret(app, null, { serverId, name });
  await aSecret(app, null, { serverId: (await aServer(app)).id, name: 'c' });

  expect(await secretNames(app.system, serverId)).toEqual(['A', 'a', 'b']);
  expect(await secretNames(app.system, randomUUID())).toEqual([]);
});

test('a read takes two statements, and many of one secret at once do not wait for its row', async () => {
  const { id: serverId } = await aServer(app);
  const { id, name } = await aSecret(app, null, { serverId, value: 'x' });
  const statements: string[] = [];
  const { database } = app.system;
  const counting = {
    ...app.system,
    database: {
      fork: () => {
        const em = database.fork();
        const kysely = em.getKysely.bind(em);
        em.getKysely = ((...args: never[]) => {
          statements.push('one');
          return kysely(...args);
        }) as never;
        return em;
      },
    } as typeof database,
  };

  expect(await readSecretForRun(counting, { serverId, name, by })).toBe('x');
  expect(statements).toHaveLength(2);

  const values = await Promise.all(Array.from({ length: 50 }, () => readSecretForRun(app.system, { serverId, name, by })));
  expect(new Set(values)).toEqual(new Set(['x']));
  expect(await rowsOf(app, sql`select count(*)::int as n from secret_accesses where secret_id = ${id} and access_type = 'READ'`)).toEqual([
    { n: 51 },
  ]);
});

test('what cannot be noted is not handed out', async () => {
  const { id: serverId } = await aServer(app);
  const { name } = await aSecret(app, null, { serverId, value: 'x' });

  await expect(readSecretForRun(app.system, { serverId, name, by, toolId: 'no id' })).rejects.toThrow(/uuid/);
});
