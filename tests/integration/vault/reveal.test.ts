import { expect, test } from 'vitest';
import { sql } from '#core/database/sql.js';
import { startTestApp } from '../../support/app.js';
import { recording, rowsOf } from '../../support/changes.js';
import { data, signIn, type Auth } from '../../support/client.js';
import { mutate, mutated, refused } from '../../support/mutation.js';
import { aRole } from '../../support/roles.js';
import { accessesOf, aSecret } from '../../support/secrets.js';
import { signedIn } from '../../support/users.js';
import { aServer } from '../../support/tools.js';

const app = await startTestApp({ ROLE: 'api' });
const admin = await signIn(app.url);
const owner = await signedIn(app, 'otto');
const reveal = (id: string, auth: Auth) => mutate(app, 'revealSecret', { id }, auth, 'value secret { name lastAccessedAt }');

test('[mcpbox-42] the owner reads the value by revealSecret only; every other answer says no more than that there is one', async () => {
  const { id, name } = await aSecret(app, owner.id, { value: 'for my eyes' });

  const { result, changes } = await recording(app, () => reveal(id, owner));

  expect(result).toEqual({
    data: { revealSecret: { value: 'for my eyes', secret: { name, lastAccessedAt: expect.any(String) } } },
  });
  expect(changes).toMatchObject([
    { action: 'vault.secret.revealed', outcome: 'SUCCESS', actor_id: owner.id, target_id: id, target_name: name, is_sensitive: true },
  ]);
  expect(JSON.stringify(changes)).not.toContain('for my eyes');
  const schema = await data(
    app.url,
    '{ __type(name: "Secret") { fields { name } } version: __type(name: "SecretVersion") { fields { name } } }',
  );
  const names = [...schema.__type.fields, ...schema.version.fields].map(({ name: field }: { name: string }) => field);
  expect(names).toContain('hasValue');
  expect(names.filter((field) => /value/i.test(field) && field !== 'hasValue')).toEqual([]);
});

test('[cdsa-36] an expired, an inactive and an empty secret is not revealed; lastAccessedAt is of the last value that was read', async () => {
  const expired = await aSecret(app, owner.id, { value: 'x', expiresAt: new Date(Date.now() - 1) });
  const inactive = await aSecret(app, owner.id, { value: 'x' });
  const { secret } = await data(app.url, `{ secret(id: "${inactive.id}") { revision } }`, {}, owner);
  await mutated(app, 'updateSecret', { id: inactive.id, expectedRevision: secret.revision, isActive: false }, owner);
  const empty = await aSecret(app, owner.id);

  for (const [{ id, name }, why] of [
    [expired, 'has expired'],
    [inactive, 'is not active'],
    [empty, 'has no value yet'],
  ] as const) {
    const { result, changes } = await recording(app, () => reveal(id, owner));

    expect(result.errors).toMatchObject([{ message: `The secret ${name} ${why}`, extensions: { code: 'PRECONDITION_FAILED' } }]);
    expect(result.data).toBeNull();
    expect(changes).toMatchObject([{ action: 'revealSecret.denied', outcome: 'FAILURE', actor_id: owner.id, details: { 'input.id': id } }]);
    expect((await accessesOf(app, name)).at(-1)).toEqual({ by: 'otto', type: 'READ', ok: false, detail: `The secret ${name} ${why}` });
  }
  const query = 'query($ids: [ID!]!) { nodes(ids: $ids) { ... on Secret { isExpired isActive lastAccessedAt } } }';
  expect((await data(app.url, query, { ids: [expired.id, inactive.id] }, owner)).nodes).toEqual([
    { isExpired: true, isActive: true, lastAccessedAt: null },
    { isExpired: false, isActive: false, lastAccessedAt: null },
  ]);
  const list = '{ secrets(filter: { isExpired: { eq: true } }) { nodes { id } } }';
  expect((await data(app.url, list, {}, owner)).secrets.nodes).toEqual([{ id: expired.id }]);
});

test('revealing takes a recent proof of identity, and a refused try is noted with its reason', async () => {
  const { id, name } = await aSecret(app, owner.id, { value: 'proven' });
  const password = 'a password of a test user';
  const session = await signIn(app.url, 'otto', password);
  await rowsOf(app, sql`update sessions set created_at = now() - interval '13 hours' where id = ${session.sessionId}`);

  const { errors } = await reveal(id, session);
  await mutated(app, 'reauthenticateSession', { password }, session);

  expect(errors![0]!.extensions).toMatchObject({ code: 'FORBIDDEN', reason: 'REAUTHENTICATION_REQUIRED' });
  expect(await accessesOf(app, name)).toEqual([
    { by: 'somebody', type: 'WRITE', ok: true, detail: null },
    { by: 'otto', type: 'READ', ok: false, detail: expect.stringContaining('reauthenticateSession') },
  ]);
  expect((await reveal(id, session)).data.revealSecret.value).toBe('proven');
});

test('the secrets of others and of servers take secret:reveal; seeing and managing them is not enough', async () => {
  const { id, name } = await aSecret(app, owner.id, { value: 'x' });
  const ofServer = await aSecret(app, owner.id, { value: 'y', serverId: (await aServer(app)).id });
  await aRole(app, 'keeper', ['secret:read', 'secret:manage']);
  await aRole(app, 'revealer', ['secret:reveal']);
  const keeper = await signedIn(app, 'kim', ['keeper']);
  const revealer = await signedIn(app, 'rita', ['revealer']);

  for (const each of [id, ofServer.id])
    expect(await refused(app, 'revealSecret', { id: each }, keeper)).toMatchObject({
      code: 'FORBIDDEN',
      message: 'This needs the permission secret:reveal',
    });
  expect((await reveal(id, revealer)).data.revealSecret.value).toBe('x');
  expect((await reveal(ofServer.id, revealer)).data.revealSecret.value).toBe('y');
  expect((await accessesOf(app, name)).slice(1)).toEqual([
    { by: 'kim', type: 'READ', ok: false, detail: 'This needs the permission secret:reveal' },
    { by: 'rita', type: 'READ', ok: true, detail: null },
  ]);
  // It is the server's, whoever created it.
  expect(await refused(app, 'revealSecret', { id: ofServer.id }, owner)).toMatchObject({ code: 'FORBIDDEN' });
});

test('a secret that asks for a permission is read by holders of it only, its owner included', async () => {
  const { id, name } = await aSecret(app, owner.id, { value: 'x', requiredPermission: 'audit:read' });
  const revealer = await signedIn(app, 'ruth', ['revealer']);

  for (const auth of [owner, revealer])
    expect(await refused(app, 'revealSecret', { id }, auth)).toMatchObject({
      code: 'FORBIDDEN',
      message: 'This needs the permission audit:read',
    });
  expect((await reveal(id, admin)).data.revealSecret.value).toBe('x');
  expect((await accessesOf(app, name)).slice(1).map(({ by, ok }) => [by, ok])).toEqual([
    ['otto', false],
    ['ruth', false],
    ['admin', true],
  ]);
});

test('[cdsa-38] each access tells what was done, by whom, from where, and whether it succeeded', async () => {
  const { id, name } = await aSecret(app, null, { value: 'x' });
  const start = Date.now();
  await mutated(app, 'revealSecret', { id }, admin);
  await mutated(app, 'deleteSecret', { id }, admin);

  const query = `query($name: String!) { secretAccesses(filter: { secretName: { eq: $name }, userName: { eq: "admin" } }) {
    nodes { accessType isSuccessful ipAddress userAgent accessedAt secretName userName user { username } secret { id } } } }`;
  const { nodes } = (await data(app.url, query, { name }, admin)).secretAccesses;

  const from = { secretName: name, userName: 'admin', user: { username: 'admin' }, ipAddress: '127.0.0.1', userAgent: 'node' };
  expect(nodes).toMatchObject([
    { accessType: 'READ', isSuccessful: true, ...from, secret: null },
    { accessType: 'DELETE', isSuccessful: true, ...from, secret: null },
  ]);
  for (const { accessedAt } of nodes) expect(Math.abs(Date.parse(accessedAt) - start)).toBeLessThan(60_000);
});
