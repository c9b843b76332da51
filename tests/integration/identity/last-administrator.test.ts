import { expect, test } from 'vitest';
import { sql } from '#core/database/sql.js';
import { startTestApp } from '../../support/app.js';
import { recording, rowsOf } from '../../support/changes.js';
import { signIn, type Auth } from '../../support/client.js';
import { mutate, mutated, refused } from '../../support/mutation.js';
import { aUser, signedIn } from '../../support/users.js';

const app = await startTestApp({ ROLE: 'api' });
const admin = await signIn(app.url);
const adminId = (await rowsOf(app, sql`select id from users`))[0]!.id as string;
const message =
  'This is the last administrator: make another active superuser who has a password first, so that somebody can still sign in';
const last = { code: 'PRECONDITION_FAILED', paths: undefined, message };
const revisionOf = async (id: string): Promise<number> =>
  (await rowsOf(app, sql`select revision from users where id = ${id}`))[0]!.revision;
const removals: Record<string, (id: string, username: string) => Promise<object>> = {
  deactivateUser: async (id) => ({ id }),
  deleteUser: async (id, username) => ({ id, username }),
  updateUser: async (id) => ({ id, expectedRevision: await revisionOf(id), isSuperuser: false }),
};

test.each(Object.keys(removals))('%s does not take the last superuser away', async (mutation) => {
  expect(await refused(app, mutation, await removals[mutation]!(adminId, 'admin'), admin)).toEqual(last);
});

test('a superuser who is deactivated, or has neither a password nor a link that is still good, does not count', async () => {
  await aUser(app, 'sleeping', [], { isSuperuser: true, isActive: false });
  await aUser(app, 'without password', [], { isSuperuser: true, passwordHash: null });
  await aUser(app, 'no superuser', ['admin']);
  expect(await refused(app, 'deactivateUser', { id: adminId }, admin)).toEqual(last);

  const { user } = await mutated(app, 'createUser', { username: 'with link', isSuperuser: true }, admin, 'user { id }');
  await rowsOf(app, sql`update sign_in_links set expires_at = now() where user_id = ${user.id}`);
  expect(await refused(app, 'deactivateUser', { id: adminId }, admin)).toEqual(last);

  await mutated(app, 'resetUserPassword', { id: user.id }, admin);
  await mutated(app, 'deactivateUser', { id: adminId }, admin);
  await rowsOf(app, sql`update users set is_active = true where id = ${adminId}`);
  await rowsOf(app, sql`delete from users where id <> ${adminId}`);
});

test('what does not take a superuser away is not held up', async () => {
  const back = await signIn(app.url);
  const { user } = await mutated(app, 'createUser', { username: 'plain', password: 'a password of anybody' }, back, 'user { id }');

  await mutated(app, 'updateUser', { id: adminId, expectedRevision: await revisionOf(adminId), fullName: 'The Admin' }, back);
  await mutated(app, 'deactivateUser', { id: user.id }, back);
  await mutated(app, 'deleteUser', { id: user.id, username: 'plain' }, back);
});

test.each(Object.keys(removals).flatMap((one) => Object.keys(removals).map((other) => ({ one, other }))))(
  'of many attempts by $one and $other at the two remaining superusers, all at once, exactly one succeeds',
  async ({ one, other }) => {
    await rowsOf(app, sql`delete from users`);
    const people: (Auth & { id: string; name: string })[] = [];
    for (const name of ['left', 'right']) people.push({ ...(await signedIn(app, name, [], { isSuperuser: true })), name });
    const attempts = Array.from({ length: 12 }, (_, n) => {
      const [target, actor] = n % 2 === 0 ? [people[0]!, people[1]!] : [people[1]!, people[n % 4 === 1 ? 0 : 1]!];
      return { mutation: n % 2 === 0 ? one : other, target, actor };
    });
    const ready = await Promise.all(
      attempts.map(async ({ mutation, target, actor }) => ({ mutation, actor, input: await removals[mutation]!(target.id, target.name) })),
    );

    const { result } = await recording(app, () =>
      Promise.all(ready.map(({ mutation, input, actor }) => mutate(app, mutation, input, actor))),
    );

    expect(result.filter(({ errors }) => !errors)).toHaveLength(1);
    expect(await rowsOf(app, sql`select count(*)::int as n from users where is_superuser and is_active`)).toEqual([{ n: 1 }]);
    const codes = new Set(result.flatMap(({ errors }) => errors?.map(({ extensions }) => extensions.code) ?? []));
    for (const code of codes) expect(['PRECONDITION_FAILED', 'CONFLICT', 'UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND']).toContain(code);
  },
);
