import { expect, test } from 'vitest';
import type { Logger } from '#core/log/logger.js';
import { sql } from '#core/database/sql.js';
import { write, type WriteContext } from '#core/feed/write.js';
import { system } from '#core/policy/actor.js';
import {
  activateUser,
  createUser,
  linkForAdministrator,
  makeSignInLink,
  resetUserPassword,
  seedAdministrator,
} from '#domains/identity/index.js';
import { User } from '#domains/identity/users/user.entity.js';
import { adminPassword, startTestApp } from '../../support/app.js';
import { recording, rowsOf } from '../../support/changes.js';
import { signIn } from '../../support/client.js';
import { useSignInLink } from '../../support/sign-in-link.js';
import { aUser } from '../../support/users.js';

const app = await startTestApp({ ROLE: 'api' });
const origin = { actor: system, requestId: null, traceId: null, sourceIp: null, userAgent: null };
const asSignalbox = async <Result>(useCase: (context: WriteContext) => Promise<Result>): Promise<Result> =>
  (await write(app.system, origin, useCase)).result;
const openLink = async (path: string) => (await useSignInLink(`${app.url}${path}`)).status;

test('Signalbox itself creates an administrator, who was created by nobody', async () => {
  const { result, changes } = await recording(app, () =>
    asSignalbox((context) =>
      createUser(context, { username: 'second', isSuperuser: true, roles: ['admin'], password: 'a password of the second' }),
    ),
  );

  expect(result.link).toBeNull();
  expect(await rowsOf(app, sql`select is_superuser, created_by_id, created_by_name from users where username = 'second'`)).toEqual([
    { is_superuser: true, created_by_id: null, created_by_name: null },
  ]);
  expect(changes.map(({ action, actor_id, actor_username }) => [action, actor_id, actor_username])).toEqual([
    ['identity.user.created', null, 'signalbox'],
    ['identity.roleAssignment.created', null, 'signalbox'],
  ]);
  await signIn(app.url, 'second', 'a password of the second');
});

test('Signalbox itself lets somebody back in, also a superuser, by a password or a link', async () => {
  const { id } = await aUser(app, 'locked out', [], { isSuperuser: true, isActive: false });

  await asSignalbox((context) => activateUser(context, id));
  const { link } = await asSignalbox((context) => resetUserPassword(context, { id }));
  expect(await openLink(link!.path)).toBe(303);

  await asSignalbox((context) => resetUserPassword(context, { id, newPassword: 'a password of that user' }));
  await signIn(app.url, 'locked out', 'a password of that user');

  const another = await asSignalbox(async (context) => makeSignInLink(context, await context.em.findOneOrFail(User, { id })));
  expect(await openLink(another.path)).toBe(303);
  await signIn(app.url, 'locked out', 'a password of that user');
});

test('what is wrong is bad input there, too, and changes nothing', async () => {
  const { changes } = await recording(app, async () => {
    await expect(asSignalbox((context) => createUser(context, { username: ' x', roles: ['emperor'] }))).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      details: { paths: ['input.username', 'input.roles'] },
    });
    await expect(asSignalbox((context) => activateUser(context, 'x'))).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  expect(changes).toEqual([]);
});

test('a superuser without a password gets no link at the start while another has one', async () => {
  await aUser(app, 'without password', [], { isSuperuser: true, passwordHash: null });

  expect(await asSignalbox(linkForAdministrator)).toBeNull();
  await rowsOf(app, sql`update users set is_active = false where password_hash is not null`);
  expect(await asSignalbox(linkForAdministrator)).toMatch(/^[\w-]{43}$/);
  await rowsOf(app, sql`update users set is_active = true`);
});

test('a password of the first administrator that comes later is not taken, and the log says so without it', async () => {
  const before = await rowsOf(app, sql`select * from users order by id`);
  const warnings = async (username: string, password: string | undefined): Promise<unknown[][]> => {
    const told: unknown[][] = [];
    const log = { warn: (...line: unknown[]) => told.push(line) } as unknown as Logger;
    await write({ ...app.system, log }, origin, (context) => seedAdministrator(context, username, password));
    return told;
  };
  const warning = 'ADMIN_PASSWORD is not taken, because there are users already: change passwords with changePassword';

  expect(await warnings('admin', 'another password of admin')).toEqual([[{ username: 'admin' }, warning]]);
  expect(await warnings('nobody', adminPassword)).toEqual([[{ username: 'nobody' }, warning]]);
  expect(await warnings('admin', adminPassword)).toEqual([]);
  expect(await warnings('admin', undefined)).toEqual([]);
  expect(await rowsOf(app, sql`select * from users order by id`)).toEqual(before);
});
