import { expect, test } from 'vitest';
import { sql } from '#core/database/sql.js';
import { hashToken } from '#core/secrets/token.js';
import { startTestApp } from '../../support/app.js';
import { recording, rowsOf } from '../../support/changes.js';
import { data, signIn, type Auth } from '../../support/client.js';
import { startMailbox, startMailingApp } from '../../support/mailbox.js';
import { mutate, mutated, refused } from '../../support/mutation.js';
import { aRole, permissionsOf } from '../../support/roles.js';
import { signedIn } from '../../support/users.js';

const app = await startTestApp({ ROLE: 'api' });
const admin = await signIn(app.url);
const password = 'a password to begin with';
const selection = 'adminInvitation { id email handle role isPending expiresAt invitedBy { username } } invitationPath';
const invite = async (input: object, auth: Auth = admin) => {
  const { adminInvitation, invitationPath } = await mutated(app, 'inviteAdmin', input, auth, selection);
  return { ...adminInvitation, token: /#token=([\w-]+)$/.exec(invitationPath)![1]! } as Record<string, any> & { token: string };
};
const accept = (token: string, username: string | null = null) =>
  mutate(app, 'acceptInvitation', { token, username, password }, {}, 'username');
const stale = 'The link was used before, is too old or was revoked: ask for a new one';
const usersOf = (email: string) => rowsOf(app, sql`select username, is_verified, created_by_name from users where email = ${email}`);

test('[scheduler-29] an invitation has an address, a role and a link that is shown once, is stored hashed and expires', async () => {
  const { result: invitation, changes } = await recording(app, () => invite({ email: 'Ina@Example.org', handle: 'ina' }));

  expect(invitation).toMatchObject({
    email: 'ina@example.org',
    handle: 'ina',
    role: 'VIEWER',
    isPending: true,
    invitedBy: { username: 'admin' },
  });
  const days = (new Date(invitation.expiresAt).getTime() - Date.now()) / 86_400_000;
  expect(Math.round(days)).toBe(7);
  expect(changes).toMatchObject([{ action: 'identity.adminInvitation.created', target_id: invitation.id }]);
  expect(await rowsOf(app, sql`select token_hash from account_notices where invitation_id = ${invitation.id}`)).toEqual([
    { token_hash: hashToken(invitation.token) },
  ]);
  const stored = JSON.stringify([
    changes,
    await rowsOf(app, sql`select * from account_notices`),
    await rowsOf(app, sql`select * from admin_invitations`),
  ]);
  expect(stored).not.toContain(invitation.token);
});

test('[scheduler-30] to accept makes the account and its admin role and sets acceptedAt; the link works once', async () => {
  const { id, token } = await invite({ email: 'olga@example.org', handle: 'olga', role: 'APPROVER' });

  const { result, changes } = await recording(app, () => accept(token));
  expect(result).toEqual({ data: { acceptInvitation: { username: 'olga' } } });
  expect(changes.map(({ action, actor_username }) => [action, actor_username])).toEqual([
    ['identity.adminInvitation.accepted', 'olga'],
    ['identity.user.created', 'olga'],
    ['identity.adminRole.created', 'olga'],
  ]);
  const olga = await signIn(app.url, 'olga', password);
  expect(await data(app.url, '{ me { email adminRole { role status } permissions createdByName } }', {}, olga)).toEqual({
    me: {
      email: 'olga@example.org',
      adminRole: { role: 'APPROVER', status: 'ACTIVE' },
      permissions: permissionsOf('approver'),
      createdByName: 'admin',
    },
  });
  // Nobody has shown that the address is theirs: the link was handed over.
  expect(await usersOf('olga@example.org')).toMatchObject([{ is_verified: false }]);
  const shown = `{ user(username: "admin") { sentInvitations(filter: { id: { eq: "${id}" } }) { nodes { isPending acceptedAt } } } }`;
  expect((await data(app.url, shown, {}, admin)).user.sentInvitations.nodes).toEqual([
    { isPending: false, acceptedAt: expect.any(String) },
  ]);

  const second = await accept(token, 'olga2');
  expect(second.errors).toMatchObject([{ message: stale, extensions: { code: 'UNAUTHENTICATED' } }]);
  expect(await usersOf('olga@example.org')).toHaveLength(1);
});

test('of two who accept at the same instant one gets the account', async () => {
  const { token } = await invite({ email: 'twice@example.org' });

  const answers = await Promise.all(['first', 'second', 'third'].map((name) => accept(token, name)));

  expect(answers.filter(({ errors }) => !errors)).toHaveLength(1);
  expect(await usersOf('twice@example.org')).toHaveLength(1);
  expect(
    await rowsOf(app, sql`select 1 from admin_roles a join users u on u.id = a.user_id where u.email = 'twice@example.org'`),
  ).toHaveLength(1);
});

test.each([
  ['revoked', (id: string) => mutated(app, 'revokeInvitation', { id }, admin)],
  ['expired', (id: string) => rowsOf(app, sql`update account_notices set expires_at = now() where invitation_id = ${id}`)],
  ['past its own time', (id: string) => rowsOf(app, sql`update admin_invitations set expires_at = now() where id = ${id}`)],
])('an invitation that is %s makes no account', async (name, end) => {
  const email = `${name.replaceAll(' ', '-')}@example.org`;
  const { id, token } = await invite({ email });
  await end(id);

  const { result, changes } = await recording(app, () => accept(token, name));

  expect(result.errors).toMatchObject([{ message: stale }]);
  expect(changes).toMatchObject([{ action: 'account_link_refused', outcome: 'FAILURE', actor_id: null }]);
  expect(await usersOf(email)).toEqual([]);
});

test('a forged token, and the token of another kind of link, accept nothing', async () => {
  const { token } = await invite({ email: 'forged@example.org', handle: 'forged' });

  for (const forged of ['', 'x', `${token}x`, token.slice(1), hashToken(token)])
    expect((await accept(forged)).errors).toMatchObject([{ message: stale }]);
  const other = await mutate(app, 'resetPassword', { token, newPassword: password });
  expect(other.errors).toMatchObject([{ message: stale }]);
  expect((await accept(token)).data.acceptInvitation).toEqual({ username: 'forged' });
});

test('nobody invites to more than they hold, and an invitation is worth no more than its sender still holds', async () => {
  await aRole(app, 'inviter', ['user:read', 'user:create', 'role:assign', 'job:read', 'tool:read']);
  const igor = await signedIn(app, 'igor', ['inviter']);
  expect(await refused(app, 'inviteAdmin', { email: 'a@example.org', role: 'ADMIN' }, igor)).toMatchObject({ code: 'FORBIDDEN' });
  await aRole(app, 'creator', ['user:create']);
  const creator = await signedIn(app, 'creator', ['creator']);
  expect(await refused(app, 'inviteAdmin', { email: 'a@example.org' }, creator)).toMatchObject({ code: 'FORBIDDEN' });
  const { token } = await invite({ email: 'late@example.org', role: 'VIEWER', handle: 'late' }, igor);
  const { token: other } = await invite({ email: 'later@example.org', role: 'VIEWER', handle: 'later' }, igor);

  await mutated(app, 'removeRole', { userId: igor.id, role: 'inviter' }, admin);
  expect((await accept(token)).errors).toMatchObject([{ message: stale }]);
  await mutated(app, 'assignRole', { userId: igor.id, role: 'inviter' }, admin);
  expect((await accept(token)).data.acceptInvitation).toEqual({ username: 'late' });

  await mutated(app, 'deleteUser', { id: igor.id, username: 'igor' }, admin);
  expect((await accept(other)).errors).toMatchObject([{ message: stale }]);
});

test('an invitation that was accepted or revoked is not revoked; a name or address that is taken is told', async () => {
  const { id, token } = await invite({ email: 'done@example.org', handle: 'done' });
  await accept(token);
  expect(await refused(app, 'revokeInvitation', { id }, admin)).toMatchObject({ code: 'PRECONDITION_FAILED' });
  expect(await refused(app, 'inviteAdmin', { email: 'DONE@example.org' }, admin)).toMatchObject({
    code: 'CONFLICT',
    paths: ['input.email'],
  });

  const next = await invite({ email: 'next@example.org' });
  expect((await accept(next.token)).errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', paths: ['input.username'] } }]);
  expect((await accept(next.token, 'done')).errors).toMatchObject([{ extensions: { code: 'CONFLICT', paths: ['input.username'] } }]);
  expect((await accept(next.token, 'next')).data.acceptInvitation).toEqual({ username: 'next' });
});

test('where mails are sent, the link goes to the address only, and shows that it is right', async () => {
  const mailbox = await startMailbox();
  const mailing = await startMailingApp(mailbox);
  const root = await signIn(mailing.url);

  const { invitationPath } = await mutated(mailing, 'inviteAdmin', { email: 'mia@example.org', handle: 'mia' }, root, 'invitationPath');
  expect(invitationPath).toBe(null);
  const mail = await mailbox.next('mia@example.org');
  expect(mail).toMatchObject({ subject: 'You are invited to Signalbox', token: expect.stringMatching(/^[\w-]{43}$/) });
  expect(mail.text).toContain(`${mailing.url}/account/invitation#token=${mail.token}`);

  await mutated(mailing, 'acceptInvitation', { token: mail.token, password }, {}, 'username');
  expect(await rowsOf(mailing, sql`select is_verified from users where username = 'mia'`)).toEqual([{ is_verified: true }]);
});
