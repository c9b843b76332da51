import { expect, onTestFinished, test } from 'vitest';
import { sql } from '#core/database/sql.js';
import { adminPassword, startTestApp } from '../../support/app.js';
import { recording, rowsOf } from '../../support/changes.js';
import { data, graphql, signIn, type Auth } from '../../support/client.js';
import { mutate, mutated, refused } from '../../support/mutation.js';
import { aRole } from '../../support/roles.js';
import { aUser, signedIn } from '../../support/users.js';

const app = await startTestApp({ ROLE: 'api' });
const admin = await signIn(app.url);
const manager = await signedIn(app, 'manager', ['admin']);
const secret = 'a secret that nobody may see';
const config = { issuer: 'https://login.example.org', clientId: 'signalbox', onFirstSignIn: 'CREATE' };
const directory = {
  url: 'ldaps://directory.example.org',
  baseDn: 'dc=example,dc=org',
  bindDn: 'cn=signalbox,dc=example,dc=org',
  onFirstSignIn: 'CREATE',
};
const oidc = (slug: string, more: object = {}) => ({ slug, name: `Provider ${slug}`, kind: 'OIDC', config, secret, ...more });
const create = async (input: object, auth: Auth = admin) =>
  (await mutated(app, 'createAuthProvider', input, auth, 'authProvider { id slug name kind config hasSecret isEnabled revision }'))
    .authProvider;
const localId = async (): Promise<string> => (await rowsOf(app, sql`select id from auth_providers where kind = 'LOCAL'`))[0]!.id as string;

test('a provider is made with its defaults, disabled, and its secret is shown to nobody and stored sealed', async () => {
  const { result: made, changes } = await recording(app, () => create(oidc('company')));

  expect(made).toEqual({
    id: expect.any(String),
    slug: 'company',
    name: 'Provider company',
    kind: 'OIDC',
    config: {
      ...config,
      clientAuthentication: 'client_secret_basic',
      scopes: ['openid', 'profile', 'email'],
      usesUserInfo: true,
      clockToleranceSeconds: 60,
      usernameClaim: 'preferred_username',
      emailClaim: 'email',
      fullNameClaim: 'name',
      roleClaim: 'groups',
      linksSuperusers: false,
      defaultRoles: [],
      roleMapping: {},
      syncRoles: false,
      superuserValues: [],
    },
    hasSecret: true,
    isEnabled: false,
    revision: 1,
  });
  expect(changes).toMatchObject([
    { action: 'identity.authProvider.created', target_type: 'AuthProvider', after: { sealedSecret: '[redacted]' } },
  ]);
  const stored = JSON.stringify([await rowsOf(app, sql`select * from auth_providers`), await rowsOf(app, sql`select * from changes`)]);
  expect(stored).not.toContain(secret);
  expect(stored).toContain('v1:');
});

test('several providers of one kind stand side by side, and those that are enabled are offered to everybody, by name and kind only', async () => {
  await create(oidc('second', { isEnabled: true }));
  await create({ slug: 'directory', name: 'Directory', kind: 'LDAP', config: directory, secret, isEnabled: true });

  const { signInMethods } = await data(app.url, '{ signInMethods { __typename id slug name kind } }');

  expect(signInMethods).toEqual([
    { __typename: 'SignInMethod', id: expect.any(String), slug: 'local', name: 'Password', kind: 'LOCAL' },
    { __typename: 'SignInMethod', id: expect.any(String), slug: 'directory', name: 'Directory', kind: 'LDAP' },
    { __typename: 'SignInMethod', id: expect.any(String), slug: 'second', name: 'Provider second', kind: 'OIDC' },
  ]);
});

test('what is missing in a configuration is named with what it must be', async () => {
  expect((await refused(app, 'createAuthProvider', oidc('a', { config: {} }), admin)).message).toBe(
    'input.config.issuer must be a string; input.config.clientId must be a string; input.config.onFirstSignIn must be one of CREATE, LINK_BY_VERIFIED_EMAIL, LINK_OR_CREATE, REFUSE',
  );
});

const wrong: Record<string, [object, string[]]> = {
  'a slug with other signs': [oidc('Not A Slug'), ['input.slug']],
  'an empty name': [oidc('a', { name: ' ' }), ['input.name']],
  'a second LOCAL': [{ slug: 'a', name: 'A', kind: 'LOCAL', config: {} }, ['input.kind']],
  'no configuration': [oidc('a', { config: {} }), ['input.config.issuer', 'input.config.clientId', 'input.config.onFirstSignIn']],
  'a configuration that is no object': [oidc('a', { config: 'none' }), ['input.config']],
  'plain http to another machine': [oidc('a', { config: { ...config, issuer: 'http://login.example.org' } }), ['input.config.issuer']],
  'a secret in the configuration': [oidc('a', { config: { ...config, clientSecret: secret } }), ['input.config.clientSecret']],
  'a secret in the address': [oidc('a', { config: { ...config, issuer: `https://a:b@login.example.org` } }), ['input.config.issuer']],
  'scopes without openid': [oidc('a', { config: { ...config, scopes: ['email'] } }), ['input.config.scopes']],
  'no client secret': [oidc('a', { secret: null }), ['input.secret']],
  'a secret that nothing uses': [oidc('a', { config: { ...config, clientAuthentication: 'none' } }), ['input.secret']],
  'a secret of two lines': [oidc('a', { secret: 'a\nb' }), ['input.secret']],
  'roles that there are not': [
    oidc('a', { config: { ...config, defaultRoles: ['nobody'], roleMapping: { ops: ['operator', 'nothing'] } } }),
    ['input.config.defaultRoles', 'input.config.roleMapping.ops'],
  ],
  'passwords that cross a network in plain text': [
    { slug: 'a', name: 'A', kind: 'LDAP', config: { ...directory, url: 'ldap://directory.example.org' }, secret },
    ['input.config.startTls'],
  ],
  'a filter that is none': [
    { slug: 'a', name: 'A', kind: 'AD', config: { ...directory, userFilter: '(cn=' }, secret },
    ['input.config.userFilter'],
  ],
  'no password of bindDn': [{ slug: 'a', name: 'A', kind: 'LDAP', config: directory }, ['input.secret']],
};

test.each(Object.entries(wrong))('createAuthProvider refuses %s and names the place', async (_, [input, paths]) => {
  const refusal = await refused(app, 'createAuthProvider', input, admin);

  expect(refusal).toMatchObject({ code: 'BAD_USER_INPUT', paths });
  expect(refusal.message).not.toContain(secret);
});

test('a slug and a name are taken once', async () => {
  await create(oidc('taken'));

  expect(await refused(app, 'createAuthProvider', oidc('taken', { name: 'Another' }), admin)).toMatchObject({
    code: 'CONFLICT',
    paths: ['input.slug'],
  });
  expect(await refused(app, 'createAuthProvider', oidc('another', { name: 'Provider taken' }), admin)).toMatchObject({
    code: 'CONFLICT',
    paths: ['input.name'],
  });
});

test('a provider is changed by its revision, and keeps its secret unless that would go to another address', async () => {
  const { id } = await create(oidc('changed'));
  const secretOf = async () => (await rowsOf(app, sql`select sealed_secret from auth_providers where id = ${id}`))[0]!.sealed_secret;
  const sealed = await secretOf();
  const update = (more: object) => ({ id, expectedRevision: 2, ...more });

  await mutated(app, 'updateAuthProvider', { id, expectedRevision: 1, config: { ...config, syncRoles: true } }, admin);
  expect(await secretOf()).toBe(sealed);
  expect(await refused(app, 'updateAuthProvider', { id, expectedRevision: 1, name: 'Stale' }, admin)).toMatchObject({ code: 'CONFLICT' });
  const elsewhere = { ...config, issuer: 'https://evil.example' };
  expect(await refused(app, 'updateAuthProvider', update({ config: elsewhere }), admin)).toMatchObject({
    code: 'BAD_USER_INPUT',
    paths: ['input.secret'],
  });
  expect(await refused(app, 'updateAuthProvider', update({ secret: '' }), admin)).toMatchObject({
    code: 'BAD_USER_INPUT',
    paths: ['input.secret'],
  });
  expect(await refused(app, 'updateAuthProvider', update({ config: {} }), admin)).toMatchObject({ code: 'BAD_USER_INPUT' });
  await mutated(app, 'updateAuthProvider', update({ config: elsewhere, secret: 'another' }), admin);
  expect(await secretOf()).not.toBe(sealed);
});

test('whoever may not manage providers neither sees nor changes them', async () => {
  const user = await signedIn(app, 'somebody', ['operator']);
  const id = await localId();

  expect(await data(app.url, '{ authProviders { totalCount } authProvider(slug: "company") { id } }', {}, user)).toEqual({
    authProviders: { totalCount: 0 },
    authProvider: null,
  });
  for (const [name, input] of Object.entries({
    createAuthProvider: oidc('a'),
    updateAuthProvider: { id, expectedRevision: 1 },
    enableAuthProvider: { id },
    disableAuthProvider: { id },
    deleteAuthProvider: { id },
    testAuthProvider: { id },
  }))
    expect(await refused(app, name, input, user), name).toMatchObject({
      code: 'FORBIDDEN',
      message: 'This needs the permission provider:manage',
    });
});

test('who decides how people get in can get in as any of them: it takes every permission that a role holds, and a superuser for superusers', async () => {
  await aRole(app, 'only-providers', ['provider:manage']);
  const limited = await signedIn(app, 'limited', ['only-providers']);
  expect(await refused(app, 'createAuthProvider', oidc('a'), limited)).toMatchObject({
    code: 'FORBIDDEN',
    message: expect.stringContaining('Nobody gives what they do not hold themselves'),
  });

  const { id } = await create(oidc('managed'), manager);
  for (const rules of [{ superuserValues: ['root'] }, { linksSuperusers: true }])
    expect(await refused(app, 'createAuthProvider', oidc('a', { config: { ...config, ...rules } }), manager)).toMatchObject({
      code: 'FORBIDDEN',
      message: 'Only a superuser has a provider make superusers or link them',
    });

  await rowsOf(
    app,
    sql`insert into sso_identities (id, created_at, updated_at, user_id, provider_id, subject, raw_attributes, last_login_at)
    select gen_random_uuid(), now(), now(), u.id, ${id}, 'root', '{}', now() from users u where u.username = 'admin'`,
  );
  expect(await refused(app, 'updateAuthProvider', { id, expectedRevision: 1, name: 'Mine' }, manager)).toMatchObject({
    code: 'FORBIDDEN',
    message: 'Superusers sign in by this provider: only a superuser may change it',
  });
  // Who is somebody there would be somebody else at another issuer.
  const moved = { id, expectedRevision: 1, config: { ...config, issuer: 'https://elsewhere.example' }, secret };
  expect(await refused(app, 'updateAuthProvider', moved, admin)).toMatchObject({ code: 'PRECONDITION_FAILED' });
  await mutated(app, 'deleteAuthProvider', { id }, admin);
  expect(await rowsOf(app, sql`select 1 from sso_identities`)).toEqual([]);
});

test('where a superuser has a password, only a superuser disables passwords', async () => {
  const id = await localId();
  const { id: other } = await create(oidc('way-of-others', { isEnabled: true }));
  await rowsOf(
    app,
    sql`insert into sso_identities (id, created_at, updated_at, user_id, provider_id, subject, raw_attributes, last_login_at)
    select gen_random_uuid(), now(), now(), u.id, ${other}, 'root', '{}', now() from users u where u.username = 'admin'`,
  );

  expect(await refused(app, 'disableAuthProvider', { id }, manager)).toMatchObject({
    code: 'FORBIDDEN',
    message: 'Superusers sign in by this provider: only a superuser may change it',
  });

  expect(await rowsOf(app, sql`select is_enabled from auth_providers where id = ${id}`)).toEqual([{ is_enabled: true }]);
  await mutated(app, 'deleteAuthProvider', { id: other }, admin);
});

test('[toolbox-16] passwords stop to work the moment LOCAL is disabled, and it stays as long as no administrator could sign in otherwise', async () => {
  const id = await localId();
  await aUser(app, 'anna');
  const { id: other } = await create(oidc('way-in', { isEnabled: true }));
  const lastWay =
    'No administrator could sign in any more: first let an active superuser sign in by another provider that is enabled; a password counts while LOCAL is';
  expect(await refused(app, 'disableAuthProvider', { id }, admin)).toEqual({
    code: 'PRECONDITION_FAILED',
    paths: undefined,
    message: lastWay,
  });
  expect(await refused(app, 'deleteAuthProvider', { id }, admin)).toMatchObject({ code: 'PRECONDITION_FAILED' });

  await rowsOf(
    app,
    sql`insert into sso_identities (id, created_at, updated_at, user_id, provider_id, subject, raw_attributes, last_login_at)
    select gen_random_uuid(), now(), now(), u.id, ${other}, 'root', '{}', now() from users u where u.username = 'admin'`,
  );
  await mutated(app, 'disableAuthProvider', { id }, admin);
  const { result, changes } = await recording(app, () => mutate(app, 'signIn', { username: 'admin', password: adminPassword }));
  expect(result.errors).toMatchObject([{ message: 'The username or the password is wrong', extensions: { code: 'UNAUTHENTICATED' } }]);
  expect(changes).toMatchObject([
    { action: 'login_failed', actor_username: 'admin', details: { provider: 'local', reason: 'the provider is disabled' } },
  ]);
  expect(await (await fetch(app.url)).text()).not.toContain('value="local"');

  // Now it is the other one that has to stay, and a superuser who has a password does not count.
  expect(await refused(app, 'disableAuthProvider', { id: other }, admin)).toMatchObject({ code: 'PRECONDITION_FAILED', message: lastWay });
  expect(await refused(app, 'deleteAuthProvider', { id: other }, admin)).toMatchObject({ code: 'PRECONDITION_FAILED', message: lastWay });
  const { ssoIdentities } = await data(app.url, '{ ssoIdentities { nodes { id } } }', {}, admin);
  expect(await refused(app, 'unlinkSsoIdentity', { id: ssoIdentities.nodes[0].id }, admin)).toMatchObject({
    code: 'PRECONDITION_FAILED',
    message: 'admin could not sign in any more: set a password or link another provider first',
  });

  await mutated(app, 'enableAuthProvider', { id }, admin);
  await mutated(app, 'unlinkSsoIdentity', { id: ssoIdentities.nodes[0].id }, admin);
  expect((await signIn(app.url)).token).toBeTruthy();
});

test('while no administrator has a password yet, a provider by which none of them signs in is disabled and deleted all the same', async () => {
  const { id } = await create(oidc('not-theirs', { isEnabled: true }));
  const [{ password_hash: hash }] = (await rowsOf(app, sql`select password_hash from users where username = 'admin'`)) as [
    { password_hash: string },
  ];
  await rowsOf(app, sql`update users set password_hash = null where username = 'admin'`);
  onTestFinished(() => void rowsOf(app, sql`update users set password_hash = ${hash} where username = 'admin'`));

  await mutated(app, 'disableAuthProvider', { id }, admin);
  await mutated(app, 'deleteAuthProvider', { id }, admin);
  expect(await refused(app, 'disableAuthProvider', { id: await localId() }, admin)).toMatchObject({ code: 'PRECONDITION_FAILED' });
});

test('[toolbox-16] what is switched off on one process is off on the others, with the next request', async () => {
  const other = await startTestApp({ ROLE: 'api', DATABASE_URL: app.databaseUrl, DATA_DIR: app.dataDir });
  const { id } = await create(oidc('everywhere', { isEnabled: true }));
  const offered = async () => (await data(other.url, '{ signInMethods { slug } }')).signInMethods.map(({ slug }: { slug: string }) => slug);
  expect(await offered()).toContain('everywhere');

  await mutated(app, 'disableAuthProvider', { id }, admin);

  expect(await offered()).not.toContain('everywhere');
  expect(await mutate(other, 'startSso', { provider: 'everywhere' })).toMatchObject({
    errors: [{ extensions: { code: 'BAD_USER_INPUT', paths: ['input.provider'] } }],
  });
});

test('to enable what is enabled, or to disable what is not, changes nothing', async () => {
  const { id } = await create(oidc('twice'));

  for (const [name, actions] of [
    ['disableAuthProvider', ['disableAuthProvider.unchanged']],
    ['enableAuthProvider', ['identity.authProvider.enabled']],
    ['enableAuthProvider', ['enableAuthProvider.unchanged']],
  ] as const) {
    const { changes } = await recording(app, () => mutated(app, name, { id }, admin));
    expect(changes.map(({ action }) => action)).toEqual(actions);
  }
});

test.each([
  'updateAuthProvider',
  'enableAuthProvider',
  'disableAuthProvider',
  'deleteAuthProvider',
  'testAuthProvider',
  'unlinkSsoIdentity',
])('%s of something that there is not is NOT_FOUND', async (name) => {
  for (const id of ['nonsense', '00000000-0000-7000-8000-000000000000'])
    expect(await refused(app, name, { id, ...(name === 'updateAuthProvider' && { expectedRevision: 1 }) }, admin)).toMatchObject({
      code: 'NOT_FOUND',
    });
});

test('an identity is seen by its user, and the provider with it, but not how that is reached', async () => {
  const user = await signedIn(app, 'linked');
  const [provider] = await rowsOf(app, sql`select id from auth_providers where slug = 'company'`);
  await rowsOf(
    app,
    sql`insert into sso_identities (id, created_at, updated_at, user_id, provider_id, subject, raw_attributes, last_login_at)
    values (gen_random_uuid(), now(), now(), ${user.id}, ${provider!.id}, 'linked', '{}', now())`,
  );
  const query = '{ me { ssoIdentities { nodes { id subject provider { slug config } } } } }';

  const { me } = await data(app.url, query, {}, user);

  expect(me.ssoIdentities.nodes).toEqual([{ id: expect.any(String), subject: 'linked', provider: { slug: 'company', config: null } }]);
  const stranger = await signedIn(app, 'stranger');
  expect(await refused(app, 'unlinkSsoIdentity', { id: me.ssoIdentities.nodes[0].id }, stranger)).toMatchObject({ code: 'NOT_FOUND' });
  expect((await graphql(app.url, '{ ssoIdentities { totalCount } }', {}, stranger)).data).toEqual({ ssoIdentities: { totalCount: 0 } });
  const { result, changes } = await recording(app, () =>
    mutated(app, 'unlinkSsoIdentity', { id: me.ssoIdentities.nodes[0].id }, user, 'user { username ssoIdentities { totalCount } }'),
  );
  expect(result).toEqual({ user: { username: 'linked', ssoIdentities: { totalCount: 0 } } });
  expect(changes).toMatchObject([{ action: 'identity.ssoIdentity.deleted', actor_username: 'linked' }]);
});
