import { describe, expect, test } from 'vitest';
import { sql } from '#core/database/sql.js';
import { startTestApp } from '../../support/app.js';
import { rowsOf } from '../../support/changes.js';
import { data, graphql, signIn, type Auth } from '../../support/client.js';
import { aMachine } from '../../support/machine.js';
import { mutate, mutated, refused } from '../../support/mutation.js';
import { aRole } from '../../support/roles.js';
import { setTo } from '../../support/settings.js';
import { aUser, signedIn } from '../../support/users.js';

const app = await startTestApp({ ROLE: 'api' });
const admin = await signIn(app.url);
const password = 'a password of a test user';
const age = (sessionId: string, minutes = 721) =>
  rowsOf(
    app,
    sql`update sessions set created_at = now() - make_interval(mins => ${minutes}), reauthenticated_at = null where id = ${sessionId}`,
  );
const everyScope = async (): Promise<string[]> =>
  (await rowsOf<{ name: string }>(app, sql`select name from permissions order by name`)).map(({ name }) => name);
const anOidc = (slug: string) => ({
  slug,
  name: slug,
  kind: 'OIDC',
  config: { issuer: 'https://login.example.org', clientId: 'signalbox', onFirstSignIn: 'CREATE' },
  secret: 'a secret',
});
const settingRevision = async (key: string): Promise<number> =>
  (await rowsOf<{ revision: number }>(app, sql`select revision from settings where key = ${key}`))[0]!.revision;
const needsPerson = { code: 'FORBIDDEN', message: 'This takes a person who is signed in: no API token may do it' };

describe('the address of somebody who may do more', () => {
  test('is not changed by whoever may only change users: a reset would go there', async () => {
    await aRole(app, 'keeper', ['user:read', 'user:update']);
    const keeper = await signedIn(app, 'keeper', ['keeper']);
    const olga = await aUser(app, 'olga', ['operator'], { email: 'olga@example.org', isVerified: true });

    for (const change of [{ email: 'keeper@example.org' }, { email: null }, { email: 'keeper@example.org', isVerified: true }])
      expect(await refused(app, 'updateUser', { id: olga.id, expectedRevision: 1, ...change }, keeper)).toMatchObject({
        code: 'FORBIDDEN',
        message: expect.stringContaining('Nobody gives what they do not hold themselves'),
      });
    await mutated(app, 'updateUser', { id: olga.id, expectedRevision: 1, fullName: 'Olga O.' }, keeper);
  });

  test('is not declared confirmed by them either: a provider would link whoever has it there', async () => {
    const keeper = await signIn(app.url, 'keeper', password);
    const owen = await aUser(app, 'owen', ['operator'], { email: 'mistyped@example.org' });

    expect(await refused(app, 'updateUser', { id: owen.id, expectedRevision: 1, isVerified: true }, keeper)).toMatchObject({
      code: 'FORBIDDEN',
    });
    const plain = await aUser(app, 'plain', [], { email: 'plain@example.org' });
    await mutated(app, 'updateUser', { id: plain.id, expectedRevision: 1, isVerified: true, email: 'plain2@example.org' }, keeper);
  });
});

describe('an API token with every scope of a superuser', () => {
  test('does nothing for which a person has to show who they are', async () => {
    const machine = await aMachine(app, admin, await everyScope());
    const { id } = await aUser(app, 'target');
    const role = await aRole(app, 'empty', []);

    for (const [name, input] of [
      ['updateUser', { id, expectedRevision: 1, email: 'machine@example.org' }],
      ['createUser', { username: 'backdoor', password, roles: ['operator'] }],
      ['assignRole', { userId: id, role: 'operator' }],
      ['deleteUser', { id, username: 'target' }],
      ['createRole', { slug: 'made', name: 'Made', permissions: ['job:read'] }],
      ['updateRole', { id: role.id, expectedRevision: 1, permissions: ['job:read'] }],
      ['grantPermission', { roleId: role.id, permission: 'job:read' }],
      ['createAuthProvider', anOidc('machine')],
      ['setSetting', { key: 'accounts.reauthenticationMinutes', value: 0, expectedRevision: 1 }],
      ['setSetting', { key: 'limits.triesPerName', value: 1000, expectedRevision: 1 }],
    ] as const)
      expect(await refused(app, name, input, machine), name).toMatchObject(needsPerson);
  });

  test('does not do it either where no proof is asked of people', async () => {
    await setTo(app, 'accounts.reauthenticationMinutes', 0, admin);
    const machine = await aMachine(app, admin, await everyScope());
    const { id } = await aUser(app, 'target too');

    expect(await refused(app, 'assignRole', { userId: id, role: 'operator' }, machine)).toMatchObject(needsPerson);
    await setTo(app, 'accounts.reauthenticationMinutes', 720, admin);
  });

  test('goes on with what is no way in', async () => {
    const machine = await aMachine(app, admin, await everyScope());
    const { id } = await aUser(app, 'renamed', ['viewer']);

    await mutated(app, 'updateUser', { id, expectedRevision: 1, fullName: 'Re Named' }, machine);
    await mutated(app, 'removeRole', { userId: id, role: 'viewer' }, machine);
    await mutated(
      app,
      'setSetting',
      { key: 'jobs.retentionDays', value: 30, expectedRevision: await settingRevision('jobs.retentionDays') },
      machine,
    );
    await mutated(app, 'deactivateUser', { id }, machine);
  });
});

describe('a session that was left open', () => {
  const needsProof = async (name: string, input: object, auth: Auth): Promise<void> => {
    expect(await refused(app, name, input, auth), name).toMatchObject({ code: 'FORBIDDEN' });
    expect((await mutate(app, name, input, auth)).errors![0]!.extensions, name).toMatchObject({ reason: 'REAUTHENTICATION_REQUIRED' });
  };

  test('makes no API token, which would outlive it', async () => {
    const left = await signedIn(app, 'left', ['operator']);
    await age(left.sessionId);

    await needsProof('createApiToken', { name: 'mine', scopes: [], expiresAt: new Date(Date.now() + 3_600_000).toISOString() }, left);
  });

  test('changes no provider by which people sign in', async () => {
    const { authProvider } = await mutated(app, 'createAuthProvider', anOidc('kept'), admin, 'authProvider { id }');
    const left = await signedIn(app, 'left root', [], { isSuperuser: true });
    await age(left.sessionId);

    for (const [name, input] of [
      ['createAuthProvider', anOidc('mine')],
      ['updateAuthProvider', { id: authProvider.id, expectedRevision: 1, name: 'Mine' }],
      ['enableAuthProvider', { id: authProvider.id }],
      ['disableAuthProvider', { id: authProvider.id }],
      ['deleteAuthProvider', { id: authProvider.id }],
    ] as const)
      await needsProof(name, input, left);
  });

  test('does not take the protection away first', async () => {
    const left = await signedIn(app, 'left keeper', [], { isSuperuser: true });
    await age(left.sessionId);

    for (const key of ['accounts.reauthenticationMinutes', 'accounts.registrationRole', 'limits.triesPerName', 'sessions.absoluteDays'])
      await needsProof('resetSetting', { key, expectedRevision: await settingRevision(key) }, left);
    await needsProof('setSetting', { key: 'accounts.selfRegistration', value: true, expectedRevision: 1 }, left);
    const key = 'jobs.retentionDays';
    await mutated(app, 'setSetting', { key, value: 31, expectedRevision: await settingRevision(key) }, left);
  });

  test('sets no password where there was none', async () => {
    const left = await signedIn(app, 'elsewhere');
    await rowsOf(app, sql`update users set password_hash = null where id = ${left.id}`);
    await age(left.sessionId);

    await needsProof('changePassword', { newPassword: 'a password of the thief' }, left);

    await age(left.sessionId, 1);
    await mutated(app, 'changePassword', { newPassword: 'a password of the owner' }, left);
  });

  test.each([
    ['changePassword', (guess: string) => ({ currentPassword: guess, newPassword: 'a password of the thief' })],
    ['reauthenticateSession', (guess: string) => ({ password: guess })],
  ])('guesses the password by %s no more often than by signing in', async (name, inputOf) => {
    const left = await signedIn(app, `guessed by ${name}`);
    const codes: string[] = [];
    for (let n = 0; n < 8; n += 1) codes.push((await mutate(app, name, inputOf(`guess ${n}`), left)).errors![0]!.extensions.code);

    expect(codes.slice(0, 5)).toEqual(Array.from({ length: 5 }, () => 'FORBIDDEN'));
    expect(codes).toContain('RATE_LIMITED');
    expect((await mutate(app, name, inputOf(password), left)).errors).toMatchObject([{ extensions: { code: 'RATE_LIMITED' } }]);
    // Nor is its owner kept from signing in by that.
    await signIn(app.url, `guessed by ${name}`, password);
  });
});

test.each(['toolkit:manage', 'provider:manage', 'token:manage', 'user:read'])(
  'whoever may change settings gives nobody %s by way of registration',
  async (permission) => {
    const slug = `gives-${permission.replace(':', '-')}`;
    await aRole(app, slug, [permission]);
    await setTo(app, 'accounts.requireVerification', false, admin);
    await setTo(app, 'accounts.selfRegistration', true, admin);
    await setTo(app, 'accounts.registrationRole', slug, admin);

    await mutated(app, 'registerUser', { username: slug, email: `${slug}@example.org`, password }, {}, 'isAccepted');

    const { token } = await signIn(app.url, slug, password);
    expect(await data(app.url, '{ me { permissions roles { totalCount } } }', {}, { token })).toEqual({
      me: { permissions: [], roles: { totalCount: 0 } },
    });
    await setTo(app, 'accounts.registrationRole', 'viewer', admin);
  },
);

test('refresh tokens are not tried out without end, and a good one is taken all the same', async () => {
  await setTo(app, 'limits.triesPerAddress', 3, admin);
  const { refreshToken } = await signIn(app.url);
  const attempt = (token: string) => mutate(app, 'refreshSession', { refreshToken: token }, {}, 'refreshToken');
  const codes: string[] = [];
  for (let n = 0; n < 6; n += 1) codes.push((await attempt(`${refreshToken.slice(0, -2)}${n}x`)).errors![0]!.extensions.code);

  expect(codes.slice(0, 3)).toEqual(['UNAUTHENTICATED', 'UNAUTHENTICATED', 'UNAUTHENTICATED']);
  expect(codes).toContain('RATE_LIMITED');
  expect((await attempt(refreshToken)).errors).toBe(undefined);
  await setTo(app, 'limits.triesPerAddress', 50, admin);
});

test('a session that is idle for too long is not said to be active', async () => {
  const idle = await signedIn(app, 'idle');
  const isActive = async () =>
    (await data(app.url, 'query($id: ID!) { session(id: $id) { isActive isExpired } }', { id: idle.sessionId }, admin)).session;
  expect(await isActive()).toEqual({ isActive: true, isExpired: false });

  await rowsOf(app, sql`update sessions set last_activity_at = now() - interval '8 days' where id = ${idle.sessionId}`);

  expect(await isActive()).toEqual({ isActive: false, isExpired: false });
  expect((await graphql(app.url, '{ me { id } }', {}, idle)).errors).toBeDefined();
});
