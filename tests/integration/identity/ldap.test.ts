import { createServer, type AddressInfo, type Socket } from 'node:net';
import { Attribute, Change } from 'ldapts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sql } from '#core/database/sql.js';
import { startTestApp } from '../../support/app.js';
import { recording, rowsOf } from '../../support/changes.js';
import { data, signIn, type Answer } from '../../support/client.js';
import { mutate, mutated } from '../../support/mutation.js';
import { hasDirectory, startDirectory, type Directory } from '../../support/sso/directory.js';
import { aUser } from '../../support/users.js';
import { unlimited } from '../../support/unlimited.js';

const app = await startTestApp({ ROLE: 'api' });
await unlimited(app);
const admin = await signIn(app.url);
const wrong = 'The username or the password is wrong';
const fails = 'The provider does not answer as it should: try again later, or tell an administrator';
const password = "anna's password";

let directory: Directory;

const provider = async (slug: string, config: object, kind = 'LDAP', secret: string | null = directory.password) =>
  (
    await mutated(
      app,
      'createAuthProvider',
      {
        slug,
        name: slug,
        kind,
        isEnabled: true,
        secret,
        config: { bindDn: directory.bindDn, baseDn: directory.baseDn, onFirstSignIn: 'CREATE', ...config },
      },
      admin,
      'authProvider { id revision }',
    )
  ).authProvider as { id: string; revision: number };
const attempt = (slug: string, username: string, given = password): Promise<Answer> =>
  mutate(
    app,
    'signIn',
    { provider: slug, username, password: given },
    {},
    'accessToken user { username email fullName isSuperuser roles(orderBy: [{ field: SLUG }]) { nodes { slug } } }',
  );

/** Signs in as somebody; returns who that is. */
async function person(slug: string, username: string, given?: string): Promise<Record<string, any>> {
  const { data: answer, errors } = await attempt(slug, username, given);
  if (errors)
    throw new Error(
      JSON.stringify([
        errors,
        (await rowsOf(app, sql`select message from changes where action = 'login_failed' order by created_at desc limit 1`))[0],
      ]),
    );
  const { user } = answer.signIn;
  return { ...user, roles: user.roles.nodes.map(({ slug: role }: { slug: string }) => role) };
}

/** Tries to sign in; returns why that was refused, after making sure that nothing was made. */
async function refusal(slug: string, username: string, given = password, message = wrong): Promise<string> {
  const counts = () =>
    rowsOf(
      app,
      sql`select (select count(*) from users) as users, (select count(*) from sessions) as sessions, (select count(*) from sso_identities) as identities`,
    );
  const before = await counts();
  const { result, changes } = await recording(app, () => attempt(slug, username, given));
  expect(result).toEqual({
    data: null,
    errors: [{ message, locations: expect.anything(), path: ['signIn'], extensions: { code: 'UNAUTHENTICATED' } }],
  });
  expect(await counts()).toEqual(before);
  expect(changes).toMatchObject([
    { action: 'login_failed', outcome: 'FAILURE', actor_id: null, details: { provider: slug, reason: changes[0]!.message } },
  ]);
  for (const hidden of [given, directory.password]) if (hidden) expect(JSON.stringify(changes)).not.toContain(hidden);
  return changes[0]!.message!;
}

describe.skipIf(!hasDirectory)('with a directory server', () => {
  afterAll(() => directory.stop());
  beforeAll(async () => {
    directory = await startDirectory();
    await directory.change(async (client) => {
      const people = { anna: 'Anna Berg', bert: 'Bert', 'st*r': 'Star', 'par(en)': 'Parentheses' };
      for (const [uid, cn] of Object.entries(people))
        await client.add(`cn=${cn},ou=people,${directory.baseDn}`, {
          objectClass: ['inetOrgPerson'],
          cn,
          sn: cn,
          uid,
          mail: `${uid.replace(/\W/g, '')}@example.org`,
          userPassword: password,
        });
      for (const cn of ['Twin One', 'Twin Two', 'Twin Three'])
        await client.add(`cn=${cn},ou=people,${directory.baseDn}`, {
          objectClass: ['inetOrgPerson'],
          cn,
          sn: cn,
          uid: 'twin',
          userPassword: password,
        });
      for (const cn of ['ops', 'roots'])
        await client.add(`cn=${cn},ou=groups,${directory.baseDn}`, {
          objectClass: ['groupOfNames'],
          cn,
          member: [`cn=Anna Berg,ou=people,${directory.baseDn}`],
        });
      const ad = {
        cn: 'Carl',
        sn: 'Carl',
        sAMAccountName: 'carl',
        userPrincipalName: 'carl@corp.example.org',
        objectGUID: '0123456789abcdef',
        displayName: 'Carl C.',
        userPassword: password,
      };
      await client.add(`cn=Carl,ou=people,${directory.baseDn}`, { ...ad, objectClass: ['user'], userAccountControl: '512' });
      await client.add(`cn=Dora,ou=people,${directory.baseDn}`, {
        ...ad,
        objectClass: ['user'],
        cn: 'Dora',
        sAMAccountName: 'dora',
        userPrincipalName: 'dora@corp.example.org',
        objectGUID: 'fedcba9876543210',
        userAccountControl: '514',
      });
    });
  });

  test.each([
    ['ldaps with a known authority', () => ({ url: directory.encrypted, ca: directory.ca })],
    ['StartTLS', () => ({ url: directory.plain, startTls: true, ca: directory.ca })],
    ['plain text on this machine', () => ({ url: directory.plain })],
  ])('somebody signs in by LDAP over %s and has an account from then on', async (name, config) => {
    const slug = name.split(' ')[0]!.toLowerCase();
    const { id } = await provider(slug, config());

    const { result: anna, changes } = await recording(app, () => person(slug, 'ANNA'));

    expect(anna).toMatchObject({
      username: expect.stringMatching(/^anna(-\d)?$/),
      email: null,
      fullName: 'Anna Berg',
      isSuperuser: false,
      roles: [],
    });
    expect(changes.map(({ action }) => action)).toEqual(['identity.user.created', 'identity.ssoIdentity.created', 'login_success']);
    expect(await person(slug, 'anna')).toEqual(anna);
    const [identity] = await rowsOf(app, sql`select subject, raw_attributes from sso_identities where provider_id = ${id}`);
    expect(identity).toEqual({
      subject: expect.stringMatching(/^[\da-f-]{36}$/),
      raw_attributes: expect.objectContaining({
        dn: `cn=Anna Berg,ou=people,${directory.baseDn}`,
        uid: ['anna'],
        mail: ['anna@example.org'],
      }),
    });
    expect(await mutated(app, 'testAuthProvider', { id }, admin, 'isWorking message')).toEqual({
      isWorking: true,
      message: expect.stringContaining('answers, and there are people below'),
    });
  });

  test('whoever is unknown, wrong, without a password or several is told the same, and the audit trail tells which', async () => {
    expect(await refusal('plain', 'anna', 'another')).toContain('does not take the password');
    expect(await refusal('plain', 'nobody')).toBe('the directory knows nobody of this name');
    expect(await refusal('plain', 'twin')).toBe('the name fits several entries of the directory');
    expect(await refusal('plain', 'anna', '')).toBe('the name or the password is empty');
    expect(await refusal('plain', '')).toBe('the name or the password is empty');
    expect(await refusal('unknown', 'anna')).toBe('no such provider takes passwords');
  });

  test.each([
    '*',
    'an*',
    'anna)(uid=*',
    'anna)(|(uid=*',
    '*)(objectClass=*',
    '\\2a',
    'anna\u0000',
    '(anna)',
    'anna))(&(uid=anna',
    'st?r',
    'x'.repeat(200),
  ])('what somebody types is a value and nothing else: %j is nobody', async (username) => {
    expect(await refusal('plain', username)).toBe('the directory knows nobody of this name');
  });

  test.each([
    ['a name', '\u{1f600}'.repeat(150), password],
    ['a password', 'anna', '\u{1f600}'.repeat(600)],
  ])('%s that is too long for a directory is not tried as one of Signalbox instead', async (_, username, long) => {
    expect(await refusal('plain', username, long)).toBe('the name or the password is too long');
  });

  test.each(['st*r', 'par(en)'])('somebody who is called %j can sign in', async (username) => {
    expect(await person('plain', username)).toMatchObject({ username });
  });

  test.each([
    ['another authority', () => ({ url: directory.encrypted })],
    ['another authority, by StartTLS', () => ({ url: directory.plain, startTls: true })],
    ['a certificate for another name', () => ({ url: directory.encrypted.replace('127.0.0.1', 'localhost'), ca: directory.ca })],
    [
      'a certificate for another name, by StartTLS',
      () => ({ url: directory.plain.replace('127.0.0.1', 'localhost'), startTls: true, ca: directory.ca }),
    ],
  ])('a directory with %s is not given any password', async (name, config) => {
    const slug = `tls-${name.replace(/\W+/g, '-')}`.toLowerCase();
    const { id } = await provider(slug, config());

    expect(await refusal(slug, 'anna', password, fails)).toMatch(/certificate|altname|self-signed/i);
    expect(await mutated(app, 'testAuthProvider', { id }, admin, 'isWorking message')).toEqual({
      isWorking: false,
      message: expect.stringMatching(/certificate|altname/i),
    });
  });

  test('a wrong password of the service is told to administrators, and to nobody else', async () => {
    const { id } = await provider('wrong-service', { url: directory.plain }, 'LDAP', 'not the password');

    expect(await refusal('wrong-service', 'anna', password, fails)).toMatch(/credentials|49/i);
    expect(await mutated(app, 'testAuthProvider', { id }, admin, 'isWorking message')).toEqual({
      isWorking: false,
      message: expect.stringMatching(/credentials|49/i),
    });
  });

  test.each([
    ['attribute', { from: 'ATTRIBUTE', attribute: 'memberOf' }],
    ['search', () => ({ from: 'SEARCH', baseDn: `ou=groups,${directory.baseDn}`, filter: '(objectClass=groupOfNames)' })],
  ])('groups of the directory give roles and take them back when they are found by %s', async (from, groups) => {
    const slug = `groups-${from}`;
    const group = (cn: string): string => `CN=${cn}, ou=groups,${directory.baseDn}`;
    const rules = {
      roleMapping: { [group('ops')]: ['operator', 'viewer'], [group('others')]: ['admin'] },
      superuserValues: [group('roots')],
      syncRoles: true,
      defaultRoles: ['approver'],
    };
    await provider(slug, { url: directory.plain, groups: typeof groups === 'function' ? groups() : groups, ...rules });
    const members = (operation: 'add' | 'delete') =>
      directory.change(async (client) => {
        for (const cn of ['ops', 'roots']) {
          // A group has a member at all times.
          const values = [`cn=Anna Berg,ou=people,${directory.baseDn}`];
          const other = new Change({
            operation: operation === 'add' ? 'delete' : 'add',
            modification: new Attribute({ type: 'member', values: [directory.bindDn] }),
          });
          const own = new Change({ operation, modification: new Attribute({ type: 'member', values }) });
          await client.modify(`cn=${cn},ou=groups,${directory.baseDn}`, operation === 'add' ? [own, other] : [other, own]);
        }
      });

    const before = await person(slug, 'anna');
    await mutated(
      app,
      'assignRole',
      { userId: (await rowsOf(app, sql`select id from users where username = ${before.username}`))[0]!.id, role: 'admin' },
      admin,
    );
    await members('delete');
    const { result: after, changes } = await recording(app, () => person(slug, 'anna'));
    await members('add');

    expect(before).toMatchObject({ isSuperuser: true, roles: ['approver', 'operator', 'viewer'] });
    expect(after).toMatchObject({ isSuperuser: false, roles: ['admin', 'approver'] });
    expect(changes.map(({ action }) => action)).toEqual([
      'identity.roleAssignment.deleted',
      'identity.roleAssignment.deleted',
      'identity.user.updated',
      'login_success',
    ]);
  });

  test('Active Directory knows people by both of their names, and lets nobody in who is disabled there', async () => {
    const { id } = await provider('corp', { url: directory.plain, userFilter: '(objectClass=user)', groups: { from: 'NONE' } }, 'AD');

    expect(await person('corp', 'carl')).toMatchObject({ username: 'carl', fullName: 'Carl C.' });
    expect(await person('corp', 'carl@corp.example.org')).toMatchObject({ username: 'carl' });
    expect(await person('corp', 'CORP\\carl')).toMatchObject({ username: 'carl' });
    expect(await refusal('corp', 'dora')).toBe('the account is disabled in the directory');
    expect(await rowsOf(app, sql`select subject from sso_identities where provider_id = ${id}`)).toEqual([
      { subject: Buffer.from('0123456789abcdef').toString('hex') },
    ]);
  });

  test('[toolbox-16] a directory that is disabled signs nobody in from the next request on', async () => {
    const { id } = await provider('switched', { url: directory.plain });
    await person('switched', 'bert');

    await mutated(app, 'disableAuthProvider', { id }, admin);
    expect(await refusal('switched', 'bert')).toBe('the provider is disabled');

    await mutated(app, 'enableAuthProvider', { id }, admin);
    await person('switched', 'bert');
  });

  test('an address of the directory links an account only when the directory is trusted with addresses', async () => {
    await aUser(app, 'local-bert', [], { email: 'bert@example.org', isVerified: true, hasProvenEmail: true });
    await provider('untrusted', { url: directory.plain, onFirstSignIn: 'LINK_BY_VERIFIED_EMAIL' });
    await provider('trusted', { url: directory.plain, onFirstSignIn: 'LINK_BY_VERIFIED_EMAIL', trustsEmail: true });

    expect(await refusal('untrusted', 'bert')).toBe('the provider does not say that the email address is verified');
    expect(await person('trusted', 'bert')).toMatchObject({ username: 'local-bert' });
  });
});

describe('with what is no directory', () => {
  const sockets = new Set<Socket>();
  let url = '';
  let answer: (socket: Socket) => void = () => {};
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => {}));
    answer(socket);
  });

  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `ldap://127.0.0.1:${(server.address() as AddressInfo).port}`;
    directory ??= {
      bindDn: 'cn=service,dc=example,dc=org',
      baseDn: 'dc=example,dc=org',
      password: 'the password of the service',
    } as Directory;
    await provider('nothing', { url });
    await provider('nothing-tls', { url, startTls: true });
    await provider('nobody-listens', { url: 'ldap://127.0.0.1:1' });
  });
  afterAll(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });

  test('a directory that cannot be reached signs nobody in', async () => {
    expect(await refusal('nobody-listens', 'anna', password, fails)).toContain('ECONNREFUSED');
  });

  test('a directory that never answers is waited for ten seconds, and its connections are closed', async () => {
    answer = (socket) => void socket.resume();
    const began = performance.now();

    const attempts = Promise.all(Array.from({ length: 30 }, () => attempt('nothing', 'anna')));
    await signIn(app.url);
    expect(performance.now() - began).toBeLessThan(9_000);
    expect((await attempts).map(({ errors }) => errors?.[0]?.message)).toEqual(Array.from({ length: 30 }, () => fails));

    expect(performance.now() - began).toBeGreaterThan(9_000);
    expect(performance.now() - began).toBeLessThan(25_000);
    await expect.poll(() => [...sockets].filter(({ closed }) => !closed).length).toBe(0);
  }, 40_000);

  test.each([
    ['garbage', (socket: Socket) => void socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')],
    ['nothing, and hangs up', (socket: Socket) => void socket.destroy()],
    [
      'a message without an end',
      (socket: Socket) => void socket.write(Buffer.concat([Buffer.from([0x30, 0x84, 0x7f, 0xff, 0xff, 0xff]), Buffer.alloc(6_000_000)])),
    ],
  ])(
    'a directory that answers with %s signs nobody in',
    async (_, how) => {
      answer = how;
      await refusal('nothing', 'anna', password, fails);
      await refusal('nothing-tls', 'anna', password, fails);
    },
    60_000,
  );

  test('a directory that hangs up after it was to encrypt is not told the password in plain text', async () => {
    const heard: Buffer[] = [];
    answer = (socket) => {
      socket.on('data', (bytes) => {
        heard.push(bytes);
        // The answer to StartTLS: success; then the connection breaks.
        if (heard.length === 1) socket.end(Buffer.from([0x30, 0x0c, 0x02, 0x01, bytes[4]!, 0x78, 0x07, 0x0a, 0x01, 0, 4, 0, 4, 0]));
      });
    };

    await refusal('nothing-tls', 'anna', password, fails);

    expect(Buffer.concat(heard).toString('latin1')).not.toContain(directory.password);
    expect(Buffer.concat(heard).toString('latin1')).not.toContain(password);
  });
});

test('without a provider, and with the local one, passwords of Signalbox are verified', async () => {
  await aUser(app, 'local-user');
  for (const more of [{}, { provider: 'local' }, { provider: null }])
    expect(
      (await mutate(app, 'signIn', { username: 'local-user', password: 'a password of a test user', ...more }, {}, 'user { username }'))
        .data,
    ).toEqual({ signIn: { user: { username: 'local-user' } } });
  expect(await data(app.url, '{ signInMethods { slug } }')).toMatchObject({ signInMethods: expect.arrayContaining([{ slug: 'local' }]) });
});
