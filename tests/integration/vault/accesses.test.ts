import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { sql } from '#core/database/sql.js';
import { newId } from '#core/database/id.js';
import { readSecretForRun } from '#domains/vault/index.js';
import { startTestApp } from '../../support/app.js';
import { recording, rowsOf } from '../../support/changes.js';
import { data, signIn, type Auth } from '../../support/client.js';
import { mutated } from '../../support/mutation.js';
import { enqueue, jobIn } from '../../support/probe.js';
import { aRole } from '../../support/roles.js';
import { aSecret } from '../../support/secrets.js';
import { signedIn } from '../../support/users.js';
import { aServer } from '../../support/tools.js';

const app = await startTestApp();
const admin = await signIn(app.url);
const all = () => rowsOf<{ a: string }>(app, sql`select a::text as a from secret_accesses a order by id`);
const seen = async (auth: Auth, name: string): Promise<string[]> => {
  const query = 'query($name: String!) { secretAccesses(filter: { secretName: { eq: $name } }) { nodes { userName } } }';
  return (await data(app.url, query, { name }, auth)).secretAccesses.nodes.map(({ userName }: { userName: string }) => userName);
};

test('deleting a secret deletes its versions and keeps its accesses, with its name', async () => {
  const owner = await signedIn(app, 'otto');
  const { id, name } = await aSecret(app, owner.id, { value: 'x' });
  await mutated(app, 'revealSecret', { id }, owner);
  const before = await all();

  const { result, changes } = await recording(app, () => mutated(app, 'deleteSecret', { id }, owner, 'id'));

  expect(result).toEqual({ id });
  expect(changes).toMatchObject([{ action: 'vault.secret.deleted', target_name: name, before: { name, hasValue: true }, after: null }]);
  expect(JSON.stringify(changes)).not.toContain('e1:');
  expect(await rowsOf(app, sql`select 1 from secret_versions where secret_id = ${id}`)).toEqual([]);
  const after = await all();
  expect(after).toEqual(expect.arrayContaining(before));
  expect(after).toHaveLength(before.length + 1);
  const query =
    'query($name: String!) { secretAccesses(filter: { secretName: { eq: $name } }) { nodes { accessType secretName secret { id } } } }';
  expect((await data(app.url, query, { name }, admin)).secretAccesses.nodes).toEqual(
    ['WRITE', 'READ', 'DELETE'].map((accessType) => ({ accessType, secretName: name, secret: null })),
  );
});

test('deleting a user keeps secrets, versions and accesses with the name; somebody new of that name has nothing of them', async () => {
  const owner = await signedIn(app, 'vera');
  const { id, name } = await aSecret(app, owner.id);
  await mutated(app, 'setSecretValue', { id, value: 'x' }, owner);
  const shown = `query($id: ID!) { secret(id: $id) { owner { id } ownerName versions { nodes { createdBy { id } createdByName } }
    accesses { nodes { user { id } userName } } } }`;
  const query = '{ me { secrets { totalCount } createdSecretVersions { totalCount } secretAccesses { totalCount } } }';
  expect((await data(app.url, query, {}, owner)).me).toEqual({
    secrets: { totalCount: 1 },
    createdSecretVersions: { totalCount: 1 },
    secretAccesses: { totalCount: 1 },
  });
  const before = await all();

  await mutated(app, 'deleteUser', { id: owner.id, username: 'vera' }, admin);

  expect(await all()).toEqual(before);
  expect((await data(app.url, shown, { id }, admin)).secret).toEqual({
    owner: null,
    ownerName: 'somebody',
    versions: { nodes: [{ createdBy: null, createdByName: 'vera' }] },
    accesses: { nodes: [{ user: null, userName: 'vera' }] },
  });
  const second = await signedIn(app, 'vera');
  expect((await data(app.url, query, {}, second)).me).toEqual({
    secrets: { totalCount: 0 },
    createdSecretVersions: { totalCount: 0 },
    secretAccesses: { totalCount: 0 },
  });
  expect(await seen(second, name)).toEqual([]);
});

test('accesses are seen by holders of secret:read and secret:manage, by who did it, and by the owner of a secret that belongs to no server', async () => {
  const owner = await signedIn(app, 'olaf');
  const runner = await signedIn(app, 'runa');
  await aRole(app, 'watcher', ['secret:read']);
  const watcher = await signedIn(app, 'walt', ['watcher']);
  const operator = await signedIn(app, 'olga', ['operator']);
  const own = await aSecret(app, owner.id, { value: 'x' });
  const { id: serverId } = await aServer(app);
  const ofServer = await aSecret(app, owner.id, { value: 'x', serverId });
  await mutated(app, 'revealSecret', { id: own.id }, admin);
  await readSecretForRun(app.system, { serverId, name: ofServer.name, by: { id: runner.id, name: 'runa' } });

  expect(await seen(owner, own.name)).toEqual(['somebody', 'admin']);
  expect(await seen(owner, ofServer.name)).toEqual(['somebody']);
  expect(await seen(runner, ofServer.name)).toEqual(['runa']);
  expect(await seen(runner, own.name)).toEqual([]);
  expect(await seen(operator, ofServer.name)).toEqual([]);
  for (const auth of [watcher, admin]) {
    expect(await seen(auth, own.name)).toEqual(['somebody', 'admin']);
    expect(await seen(auth, ofServer.name)).toEqual(['somebody', 'runa']);
  }
});

test('secrets are seen by their owners, those of servers by whoever may create some, and all by holders of permissions over all', async () => {
  const owner = await signedIn(app, 'ole');
  const tag = randomUUID().slice(0, 8);
  await aSecret(app, owner.id, { name: `own_${tag}`, value: 'x' });
  await aSecret(app, null, { name: `server_${tag}`, serverId: (await aServer(app)).id, value: 'x' });
  await aRole(app, 'revealer', ['secret:reveal']);
  const query = `query { secrets(filter: { or: [{ name: { eq: "own_${tag}" } }, { name: { eq: "server_${tag}" } }] }, orderBy: [{ field: NAME }]) {
    totalCount nodes { name versions { totalCount } } } }`;
  const names = async (auth: Auth): Promise<string[]> => {
    const { totalCount, nodes } = (await data(app.url, query, {}, auth)).secrets;
    expect(totalCount).toBe(nodes.length);
    for (const { versions } of nodes) expect(versions.totalCount).toBe(1);
    return nodes.map(({ name }: { name: string }) => name.split('_')[0]!);
  };

  expect(await names(owner)).toEqual(['own']);
  expect(await names(await signedIn(app, 'vic', ['viewer']))).toEqual([]);
  expect(await names(await signedIn(app, 'opal', ['operator']))).toEqual(['server']);
  for (const role of ['watcher', 'revealer', 'admin'])
    expect(await names(await signedIn(app, `as ${role}`, [role]))).toEqual(['own', 'server']);
});

test.each<[string, string]>([
  ['a changed access', `update secret_accesses set is_successful = true`],
  ['an access that names another', `update secret_accesses set user_name = 'somebody else', user_id = null`],
  ['an access deleted within a year', 'delete from secret_accesses'],
  ['an emptied list of accesses', 'truncate secret_accesses'],
])('the database refuses %s', async (_, statement) => {
  const before = await all();
  expect(before.length).toBeGreaterThan(0);

  await expect(rowsOf(app, sql`${sql.raw(statement)}`)).rejects.toThrow(/refuse/);

  expect(await all()).toEqual(before);
});

test('upkeep deletes accesses after their days, and no younger ones', async () => {
  const plant = (days: number) => {
    const id = newId(51);
    return rowsOf(
      app,
      sql`insert into secret_accesses (id, secret_name, user_name, access_type, is_successful, accessed_at)
        values (${id}, 'AGED', 'test', 'READ', true, now() - make_interval(days => ${days})) returning id`,
    );
  };
  await plant(731);
  const [young] = await plant(729);

  const { id } = await enqueue(app.url, 'upkeep.trimSecretAccesses', {}, admin);

  expect((await jobIn(app.url, id, 'SUCCEEDED', admin)).result).toEqual({ accesses: 1 });
  expect(await rowsOf(app, sql`select id from secret_accesses where secret_name = 'AGED'`)).toEqual([young]);
});
