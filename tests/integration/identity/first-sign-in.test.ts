import { expect, test } from 'vitest';
import { sql } from '#core/database/sql.js';
import { startTestApp } from '../../support/app.js';
import { recording, rowsOf } from '../../support/changes.js';
import { data, signIn } from '../../support/client.js';
import { mutated } from '../../support/mutation.js';
import { SsoBrowser } from '../../support/sso/browser.js';
import { anOidcProvider } from '../../support/sso/providers.js';
import { startRealProvider } from '../../support/sso/real-provider.js';
import { aUser, signedIn } from '../../support/users.js';

const password = 'a password of a test user';
const app = await startTestApp({ ROLE: 'api' });
const admin = await signIn(app.url);
const slugs = [
  'create',
  'link',
  'link-superusers',
  'link-or-create',
  'refuse',
  'roles',
  'synced',
  'nested',
  'elevating',
  'elevating-linked',
];
const real = await startRealProvider(slugs.map((slug) => `${app.url}/auth/${slug}/callback`));
const made = new Map<string, string>();
const provider = async (slug: string, config: object) =>
  made.set(slug, (await anOidcProvider(app, admin, { slug, issuer: real.issuer, ...config })).id);
await provider('create', { onFirstSignIn: 'CREATE', defaultRoles: ['viewer'] });
await provider('link', { onFirstSignIn: 'LINK_BY_VERIFIED_EMAIL', defaultRoles: ['viewer'] });
await provider('link-superusers', { onFirstSignIn: 'LINK_BY_VERIFIED_EMAIL', linksSuperusers: true });
await provider('link-or-create', { onFirstSignIn: 'LINK_OR_CREATE' });
await provider('refuse', { onFirstSignIn: 'REFUSE' });
const mapping = { ops: ['operator', 'viewer'], 'https://example.org/night': ['approver'] };
await provider('roles', { roleMapping: mapping });
await provider('synced', { roleMapping: mapping, superuserValues: ['root'], syncRoles: true });
const elevating = { onFirstSignIn: 'LINK_OR_CREATE', roleMapping: mapping, superuserValues: ['root'] };
await provider('elevating', elevating);
await provider('elevating-linked', { ...elevating, linksSuperusers: true });
await mutated(app, 'createRole', { slug: 'creator', name: 'Creator', permissions: ['user:create'] }, admin);
await provider('nested', { roleMapping: mapping, roleClaim: 'access.groups' });

/** Signs in as an account of the provider that says this of itself; returns who that is here, or why it was refused. */
async function person(slug: string, account: string, claims: Record<string, unknown>): Promise<Record<string, any> | string> {
  real.accounts[account] = claims;
  const browser = new SsoBrowser(account);
  const before = await rowsOf(app, sql`select count(*) from users`);
  const { changes } = await recording(app, () => browser.open(`${app.url}/auth/${slug}/start`));
  const cookie = browser.cookiesOf(app.url).signalbox_session;
  if (!cookie) {
    expect(await rowsOf(app, sql`select count(*) from users`)).toEqual(before);
    return changes.at(-1)!.message!;
  }
  const { me } = await data(
    app.url,
    '{ me { username email isSuperuser roleAssignments(orderBy: [{ field: ASSIGNED_AT }]) { nodes { role { slug } grantedBy { slug } } } } }',
    {},
    { cookie },
  );
  return { ...me, roleAssignments: undefined, roles: me.roleAssignments.nodes.map(({ role }: any) => role.slug).sort() };
}

const proven = { isVerified: true, hasProvenEmail: true };
const verified = (email: string) => ({ email, email_verified: true });

test('CREATE makes an account with the default roles, and does not touch somebody who has the address already', async () => {
  await aUser(app, 'owner', [], { email: 'owner@example.org', isVerified: true });

  expect(await person('create', 'fresh', verified('fresh@example.org'))).toMatchObject({
    username: 'fresh',
    email: 'fresh@example.org',
    roles: ['viewer'],
  });
  expect(await person('create', 'thief', verified('owner@example.org'))).toBe(
    'a user has this email address already, and the provider links nobody',
  );
  expect(await person('create', 'thief', { email: 'owner@example.org', email_verified: false })).toMatchObject({
    username: 'owner-2',
    email: null,
  });
});

test('LINK_BY_VERIFIED_EMAIL links the one account that has the address confirmed, without regard to case, and makes none', async () => {
  await aUser(app, 'linked', ['operator'], { email: 'Linked@Example.org', ...proven });
  await aUser(app, 'unconfirmed', [], { email: 'unconfirmed@example.org', isVerified: false });
  await aUser(app, 'one', [], { email: 'double@example.org', ...proven });
  await aUser(app, 'two', [], { email: 'Double@example.org', ...proven });

  expect(await person('link', 'l1', verified('linked@example.org'))).toMatchObject({ username: 'linked', roles: ['operator'] });
  expect(await person('link', 'l1', { email: 'changed@example.org' })).toMatchObject({ username: 'linked' });
  expect(await person('link', 'l2', verified('linked@example.org'))).toBe('linked is somebody else at this provider: unlink that first');
  expect(await person('link', 'l3', { email: 'linked@example.org' })).toBe('the provider does not say that the email address is verified');
  expect(await person('link', 'l3', { email: 'linked@example.org', email_verified: 'true' })).toContain('does not say');
  expect(await person('link', 'l4', verified('unconfirmed@example.org'))).toBe(
    'the email address of unconfirmed is not confirmed here by its owner',
  );
  expect(await person('link', 'l5', verified('double@example.org'))).toBe('several users have this email address');
  expect(await person('link', 'l6', verified('nobody@example.org'))).toBe('no user has this email address');
  // The letter is the sign of Kelvin, which becomes a k where case does not count.
  expect(await person('link', 'l7', verified('lin\u212aed@example.org'))).toBe('no user has this email address');
});

test('a superuser is linked only by a provider that says so', async () => {
  await aUser(app, 'chief', [], { email: 'chief@example.org', ...proven, isSuperuser: true });

  expect(await person('link', 's1', verified('chief@example.org'))).toBe('chief is a superuser, and the provider links none');
  expect(await person('link-superusers', 's1', verified('chief@example.org'))).toMatchObject({ username: 'chief', isSuperuser: true });
});

test('an account whose address somebody else called confirmed is not linked, and gets nothing of its owner', async () => {
  const mallory = await signedIn(app, 'mallory', ['creator']);
  await mutated(app, 'createUser', { username: 'x', password, email: 'boss@example.org', isVerified: true }, mallory);

  expect(await person('elevating', 'boss', { ...verified('boss@example.org'), groups: ['ops', 'root'] })).toBe(
    'the email address of x is not confirmed here by its owner',
  );

  expect(await rowsOf(app, sql`select is_superuser from users where username = 'x'`)).toEqual([{ is_superuser: false }]);
  expect(
    await rowsOf(
      app,
      sql`select 1 from role_assignments a join users u on u.id = a.user_id where u.username = 'x'
      union all select 1 from sso_identities i join users u on u.id = i.user_id where u.username = 'x'`,
    ),
  ).toEqual([]);
});

test.each([
  ['an address that was changed', 'updateUser', { expectedRevision: 1, email: 'moved@example.org', isVerified: true }, 'moved@example.org'],
  ['a password that somebody else has set', 'resetUserPassword', { newPassword: 'known to somebody else' }, 'first@example.org'],
])('%s has to be confirmed by its owner anew before the account is linked', async (_, name, change, email) => {
  const { id } = await aUser(app, name, [], { email: 'first@example.org', ...proven });
  await mutated(app, name, { id, ...change }, admin);

  expect(await person('elevating', name, verified(email))).toBe(`the email address of ${name} is not confirmed here by its owner`);
  await rowsOf(app, sql`delete from users where id = ${id}`);
});

test('superuserValues make no superuser of somebody who was linked, unless the provider links superusers', async () => {
  await aUser(app, 'lifted', [], { email: 'lifted@example.org', ...proven });
  const claims = { ...verified('lifted@example.org'), groups: ['ops', 'root'] };

  expect(await person('elevating', 'e1', claims)).toMatchObject({ username: 'lifted', isSuperuser: false, roles: ['operator', 'viewer'] });
  expect(await person('elevating', 'e1', claims)).toMatchObject({ isSuperuser: false });
  expect(await person('elevating', 'e2', { groups: ['root'] })).toMatchObject({ username: 'elevating-e2', isSuperuser: true });
  expect(await person('elevating-linked', 'e1', claims)).toMatchObject({ username: 'lifted', isSuperuser: true });
});

test('LINK_OR_CREATE links who has an account and makes one for the others', async () => {
  await aUser(app, 'here', [], { email: 'here@example.org', ...proven });

  expect(await person('link-or-create', 'x1', verified('here@example.org'))).toMatchObject({ username: 'here' });
  expect(await person('link-or-create', 'x2', verified('new@example.org'))).toMatchObject({ username: 'new', email: 'new@example.org' });
});

test('REFUSE lets in only who was in before', async () => {
  expect(await person('refuse', 'r1', verified('r1@example.org'))).toBe('the provider lets nobody in who was not in before');
  const user = await aUser(app, 'r1');
  await rowsOf(
    app,
    sql`insert into sso_identities (id, created_at, updated_at, user_id, provider_id, subject, raw_attributes, last_login_at)
    values (gen_random_uuid(), now(), now(), ${user.id}, ${made.get('refuse')!}, 'r1', '{}', now())`,
  );
  expect(await person('refuse', 'r1', {})).toMatchObject({ username: 'r1' });
});

test('roles follow from claims at every sign-in; without syncRoles none is taken back', async () => {
  expect(await person('roles', 'g1', { groups: ['ops', 'unknown', 7, '__proto__'] })).toMatchObject({
    roles: ['operator', 'viewer'],
    isSuperuser: false,
  });
  expect(await person('roles', 'g1', { groups: 'https://example.org/night' })).toMatchObject({ roles: ['approver', 'operator', 'viewer'] });
  expect(await person('roles', 'g1', { groups: [] })).toMatchObject({ roles: ['approver', 'operator', 'viewer'] });
  expect(await person('roles', 'g2', { groups: ['root', 'admin', 'superuser'] })).toMatchObject({ roles: [], isSuperuser: false });
});

test('with syncRoles what the provider gave is taken back, and nothing that people gave', async () => {
  expect(await person('synced', 'y1', { groups: ['ops', 'root'] })).toMatchObject({ roles: ['operator', 'viewer'], isSuperuser: true });
  const [user] = await rowsOf(app, sql`select id from users where username = 'synced-y1'`);
  await mutated(app, 'assignRole', { userId: user!.id, role: 'approver' }, admin);

  expect(await person('synced', 'y1', { groups: [] })).toMatchObject({ roles: ['approver'], isSuperuser: false });
});

test('a superuser whom people made stays one, and so does the last one, whatever the provider says', async () => {
  expect(await person('synced', 'z1', { groups: [] })).toMatchObject({ isSuperuser: false });
  await rowsOf(app, sql`update users set is_superuser = true where username = 'synced-z1'`);
  expect(await person('synced', 'z1', { groups: ['root'] })).toMatchObject({ isSuperuser: true });
  expect(await person('synced', 'z1', { groups: [] })).toMatchObject({ isSuperuser: true });

  expect(await person('synced', 'z2', { groups: ['root'] })).toMatchObject({ isSuperuser: true });
  await rowsOf(app, sql`update users set is_active = false where is_superuser and username <> 'synced-z2'`);
  expect(await person('synced', 'z2', { groups: [] })).toMatchObject({ isSuperuser: true });
  await rowsOf(app, sql`update users set is_active = true`);
});

test('a claim may be a field of another', async () => {
  expect(await person('nested', 'n1', { access: { groups: ['ops'] } })).toMatchObject({ roles: ['operator', 'viewer'] });
});

test('a role that is gone is left out, and the sign-in goes on', async () => {
  await rowsOf(app, sql`delete from roles where slug = 'approver'`);

  expect(await person('roles', 'g3', { groups: ['ops', 'https://example.org/night'] })).toMatchObject({ roles: ['operator', 'viewer'] });
});

test('to unlink takes away what the provider gave', async () => {
  await rowsOf(app, sql`update users set password_hash = 'any' where username = 'roles-g3'`);
  const [identity] = await rowsOf(
    app,
    sql`select i.id from sso_identities i join users u on u.id = i.user_id where u.username = 'roles-g3'`,
  );

  const { user } = await mutated(
    app,
    'unlinkSsoIdentity',
    { id: identity!.id },
    admin,
    'user { roles { totalCount } ssoIdentities { totalCount } }',
  );

  expect(user).toEqual({ roles: { totalCount: 0 }, ssoIdentities: { totalCount: 0 } });
});

test('of many first sign-ins of one person at the same instant all end in the same account', async () => {
  real.accounts.crowd = verified('crowd@example.org');
  const browsers = Array.from({ length: 6 }, () => new SsoBrowser('crowd'));

  await Promise.all(browsers.map((browser) => browser.open(`${app.url}/auth/create/start`)));

  expect(browsers.map((browser) => typeof browser.cookiesOf(app.url).signalbox_session)).toEqual(browsers.map(() => 'string'));
  expect(await rowsOf(app, sql`select username from users where username like 'crowd%'`)).toEqual([{ username: 'crowd' }]);
});
