import { Script } from 'node:vm';
import { beforeAll, describe, expect, test } from 'vitest';
import { sql } from '#core/database/sql.js';
import { hashToken } from '#core/secrets/token.js';
import { signatureOf } from '#core/post/webhook-post.js';
import { startTestApp } from '../../support/app.js';
import { recording, rowsOf } from '../../support/changes.js';
import { data, graphql, signIn } from '../../support/client.js';
import { startHook } from '../../support/hook.js';
import { startMailbox, startMailingApp } from '../../support/mailbox.js';
import { mutate, mutated, refused } from '../../support/mutation.js';
import { aRole } from '../../support/roles.js';
import { setTo } from '../../support/settings.js';
import { aUser, signedIn } from '../../support/users.js';

const mailbox = await startMailbox();
const app = await startMailingApp(mailbox);
const admin = await signIn(app.url);
const password = 'a password that is new';
const stale = 'The link was used before, is too old or was revoked: ask for a new one';
const set = (key: string, value: unknown) => setTo(app, key, value, admin);
const ask = (account: string) => mutate(app, 'requestPasswordReset', { account }, {}, 'isAccepted');
const reset = (token: string | null) => mutate(app, 'resetPassword', { token, newPassword: password }, {}, 'username');
const noticesTo = (recipient: string) =>
  rowsOf(
    app,
    sql`select kind, user_id, sent_at is not null as is_sent, next_attempt_at from account_notices where recipient = ${recipient} order by created_at`,
  );

describe('a forgotten password', () => {
  test('is set anew by a link that was mailed, once, and every earlier session ends', async () => {
    const rosa = await signedIn(app, 'rosa', [], { email: 'rosa@example.org' });

    const { result, changes } = await recording(app, () => ask('rosa'));
    expect(result).toEqual({ data: { requestPasswordReset: { isAccepted: true } } });
    const mail = await mailbox.next('rosa@example.org');
    expect(mail.text).toContain(`${app.url}/account/reset#token=${mail.token}`);
    const stored = JSON.stringify([
      changes,
      await rowsOf(app, sql`select * from account_notices`),
      await rowsOf(app, sql`select * from jobs`),
    ]);
    expect(stored).not.toContain(mail.token);
    expect(stored).toContain(hashToken(mail.token!));
    expect(JSON.stringify(changes)).not.toContain(hashToken(mail.token!));

    expect(await reset(mail.token)).toEqual({ data: { resetPassword: { username: 'rosa' } } });
    expect((await graphql(app.url, '{ me { id } }', {}, rosa)).errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
    const again = await signIn(app.url, 'rosa', password);
    expect(await data(app.url, '{ me { isVerified } }', {}, again)).toEqual({ me: { isVerified: true } });
    expect(await rowsOf(app, sql`select has_proven_email from users where username = 'rosa'`)).toEqual([{ has_proven_email: true }]);
    expect((await reset(mail.token)).errors).toMatchObject([{ message: stale, extensions: { code: 'UNAUTHENTICATED' } }]);
  });

  test('is asked for with the same answer and one record, whoever it is: known by name, by address, unknown, deactivated, without address or password', async () => {
    await aUser(app, 'known', [], { email: 'known@example.org' });
    await aUser(app, 'gone', [], { email: 'gone@example.org', isActive: false });
    await aUser(app, 'no address');
    await aUser(app, 'elsewhere', [], { email: 'elsewhere@example.org', passwordHash: null });

    for (const account of ['known', 'known@example.org', 'nobody', 'nobody@example.org', 'gone', 'no address', 'elsewhere']) {
      const { result, changes } = await recording(app, () => ask(account));
      expect(result, account).toEqual({ data: { requestPasswordReset: { isAccepted: true } } });
      expect(
        changes.map(({ action, actor_id }) => [action, actor_id]),
        account,
      ).toEqual([['identity.passwordReset.requested', null]]);
    }

    await mailbox.next('known@example.org');
    await mailbox.next('known@example.org');
    expect(mailbox.mails.filter(({ to }) => /nobody|gone|no address|elsewhere/.test(to))).toEqual([]);
    expect(await noticesTo('nobody@example.org')).toEqual([
      { kind: 'RESET_PASSWORD', user_id: null, is_sent: false, next_attempt_at: null },
    ]);
  });

  test('is mailed a few times an hour only, whoever asks', async () => {
    await aUser(app, 'often', [], { email: 'often@example.org' });

    for (const answer of await Promise.all(Array.from({ length: 9 }, () => ask('often'))))
      expect(answer).toEqual({ data: { requestPasswordReset: { isAccepted: true } } });

    await expect.poll(async () => (await noticesTo('often@example.org')).filter((each) => each.is_sent)).toHaveLength(5);
    expect((await noticesTo('often@example.org')).filter((each) => each.next_attempt_at !== null)).toEqual([]);
  });

  test.each([
    ['is too old', (id: string) => rowsOf(app, sql`update account_notices set expires_at = now() where user_id = ${id}`)],
    ['is of a user who was deactivated', (id: string) => mutated(app, 'deactivateUser', { id }, admin)],
    ['is of a user whose address changed', (id: string) => rowsOf(app, sql`update users set email = 'new@example.org' where id = ${id}`)],
    ['was made before another reset', (id: string) => mutated(app, 'resetUserPassword', { id, newPassword: 'another password' }, admin)],
  ])('is not set by a link that %s', async (name, spoil) => {
    const email = `${name.replaceAll(' ', '-')}@example.org`;
    const { id } = await aUser(app, name, [], { email });
    await ask(name);
    const { token } = await mailbox.next(email);
    await spoil(id);
    const hashes = () => rowsOf(app, sql`select password_hash, password_version from users where id = ${id}`);
    const before = await hashes();

    expect((await reset(token)).errors).toMatchObject([{ message: stale }]);
    expect(await hashes()).toEqual(before);
  });

  test('is set once of many uses of a link at the same instant', async () => {
    await aUser(app, 'race', [], { email: 'race@example.org' });
    await ask('race');
    const { token } = await mailbox.next('race@example.org');

    const answers = await Promise.all(Array.from({ length: 4 }, () => reset(token)));

    expect(answers.filter(({ errors }) => !errors)).toHaveLength(1);
    expect(await rowsOf(app, sql`select password_version from users where username = 'race'`)).toEqual([{ password_version: 2 }]);
  });

  test('that is too short is bad input, and the link stays good', async () => {
    await aUser(app, 'short', [], { email: 'short@example.org' });
    await ask('short');
    const { token } = await mailbox.next('short@example.org');

    expect((await mutate(app, 'resetPassword', { token, newPassword: 'short' })).errors).toMatchObject([
      { extensions: { paths: ['input.newPassword'] } },
    ]);
    expect((await reset(token)).errors).toBe(undefined);
  });
});

describe('registration', () => {
  const register = (username: string, email: string) => mutate(app, 'registerUser', { username, email, password }, {}, 'isAccepted');
  const accepted = { data: { registerUser: { isAccepted: true } } };
  const trySignIn = async (username: string) =>
    (await mutate(app, 'signIn', { username, password })).errors?.[0]!.extensions as Record<string, unknown> | undefined;

  test('is refused while its flag is off', async () => {
    expect(await refused(app, 'registerUser', { username: 'early', email: 'early@example.org', password })).toMatchObject({
      code: 'FORBIDDEN',
    });
  });

  describe('while its flag is on', () => {
    beforeAll(() => set('accounts.selfRegistration', true));

    test('makes an account that signs in once the address is confirmed', async () => {
      expect(await register('rena', 'Rena@example.org')).toEqual(accepted);
      expect(await trySignIn('rena')).toMatchObject({ code: 'UNAUTHENTICATED', reason: 'VERIFICATION_REQUIRED' });
      const { token, subject } = await mailbox.next('rena@example.org');
      expect(subject).toBe('Confirm your address');

      expect(await mutated(app, 'verifyUser', { token }, {}, 'username')).toEqual({ username: 'rena' });
      expect((await mutate(app, 'verifyUser', { token })).errors).toMatchObject([{ message: stale }]);
      const rena = await signIn(app.url, 'rena', password);
      expect(await data(app.url, '{ me { email isVerified permissions isSuperuser } }', {}, rena)).toEqual({
        me: { email: 'rena@example.org', isVerified: true, permissions: [], isSuperuser: false },
      });
    });

    test('answers the same when the address or the name is taken, and tells only who has the address', async () => {
      await aUser(app, 'owner', [], { email: 'Owner@example.org' });
      const before = await rowsOf(app, sql`select id, username, email, password_hash from users order by id`);

      for (const [username, email] of [
        ['other', 'owner@example.org'],
        ['owner', 'fresh@example.org'],
      ] as const) {
        const { result, changes } = await recording(app, () => register(username, email));
        expect(result).toEqual(accepted);
        expect(changes.map(({ action }) => action)).toEqual(['identity.user.registrationRefused']);
      }

      expect(await mailbox.next('owner@example.org')).toMatchObject({ subject: 'You have an account already', token: null });
      expect(await mailbox.next('fresh@example.org')).toMatchObject({ subject: 'The name is taken', token: null });
      expect(await rowsOf(app, sql`select id, username, email, password_hash from users order by id`)).toEqual(before);
    });

    test('of several with one address at the same instant makes one account', async () => {
      const answers = await Promise.all(['rob', 'robert', 'bob'].map((name) => register(name, 'rob@example.org')));

      expect(answers).toEqual([accepted, accepted, accepted]);
      expect(await rowsOf(app, sql`select 1 from users where email = 'rob@example.org'`)).toHaveLength(1);
    });

    test('gives the role of the setting, but none that changes users, rights or settings', async () => {
      await aRole(app, 'sly', ['job:read', 'role:assign']);
      await set('accounts.registrationRole', 'sly');
      await register('sly', 'sly@example.org');
      await set('accounts.registrationRole', 'viewer');
      await register('mild', 'mild@example.org');
      expect(
        (await mutate(app, 'setSetting', { key: 'accounts.registrationRole', value: 'admin', expectedRevision: 1 }, admin)).errors,
      ).toHaveLength(1);

      const roles = `select u.username, r.slug from users u left join role_assignments a on a.user_id = u.id left join roles r on r.id = a.role_id`;
      expect(await rowsOf(app, sql`${sql.raw(roles)} where u.username in ('sly', 'mild') order by 1`)).toEqual([
        { username: 'mild', slug: 'viewer' },
        { username: 'sly', slug: null },
      ]);
    });

    test.each([
      'approval:read',
      'tool:write',
      'tool:manage',
      'tool:execute',
      'tool:approve',
      'execution:read',
      'execution:cancel',
      'execution:approve',
      'network:approve',
      'module:approve',
    ])('gives no role with %s, which decides or runs', async (permission) => {
      const name = permission.replace(':', '-');
      await aRole(app, name, ['tool:read', permission]);
      await set('accounts.registrationRole', name);
      await register(name, `${name}@example.org`);

      expect(
        await rowsOf(
          app,
          sql`select u.username, a.role_id from users u left join role_assignments a on a.user_id = u.id where u.username = ${name}`,
        ),
      ).toEqual([{ username: name, role_id: null }]);
    });

    test('needs no confirmation where the setting says so', async () => {
      await register('quick', 'quick@example.org');
      expect(await trySignIn('quick')).toMatchObject({ reason: 'VERIFICATION_REQUIRED' });
      await set('accounts.requireVerification', false);
      expect(await trySignIn('quick')).toBe(undefined);
      await set('accounts.requireVerification', true);
    });
  });
});

describe('delivery', () => {
  test('is tried again after the mail server refused, and the link of the first attempt is not the one that works', async () => {
    await aUser(app, 'retry', [], { email: 'retry@example.org' });
    mailbox.refusals = 1;

    expect((await ask('retry')).errors).toBe(undefined);
    const attempts = () =>
      rowsOf(
        app,
        sql`select attempts, last_error, next_attempt_at > now() as waits from account_notices where recipient = 'retry@example.org'`,
      );
    await expect.poll(attempts).toEqual([{ attempts: 1, last_error: expect.stringContaining('not now'), waits: true }]);

    await rowsOf(app, sql`update account_notices set next_attempt_at = now() where recipient = 'retry@example.org'`);
    const { token } = await mailbox.next('retry@example.org');
    expect((await reset(token)).errors).toBe(undefined);
  });

  test('that is given up is told in the audit trail', async () => {
    await aUser(app, 'lost', [], { email: 'lost@example.org' });
    mailbox.refusals = 2;
    await ask('lost');
    await expect
      .poll(() => rowsOf(app, sql`select 1 from account_notices where recipient = 'lost@example.org' and last_error is not null`))
      .toHaveLength(1);

    await rowsOf(app, sql`update account_notices set attempts = 7, next_attempt_at = now() where recipient = 'lost@example.org'`);
    await expect
      .poll(
        () => rowsOf(app, sql`select outcome, severity, actor_username from changes where action = 'identity.accountNotice.undelivered'`),
        { timeout: 20_000 },
      )
      .toEqual([{ outcome: 'ERROR', severity: 'HIGH', actor_username: 'signalbox' }]);
    mailbox.refusals = 0;
  });

  test('by a webhook is signed, follows no redirect, and carries the link', async () => {
    const secret = 'the key of the signature';
    const { address, got } = await startHook({ redirectsFirst: true });
    const hooked = await startMailingApp({ NOTICE_WEBHOOK_URL: address, NOTICE_WEBHOOK_SECRET: secret });
    await aUser(hooked, 'wes', [], { email: 'wes@example.org' });

    await mutated(hooked, 'requestPasswordReset', { account: 'wes@example.org' }, {}, 'isAccepted');
    await expect.poll(() => got.length).toBe(1);
    await expect.poll(() => rowsOf(hooked, sql`select 1 from account_notices where last_error is not null`)).toHaveLength(1);
    await rowsOf(hooked, sql`update account_notices set next_attempt_at = now()`);
    await expect.poll(() => got.length, { timeout: 20_000 }).toBe(2);

    const { headers, body, url } = got[1]!;
    expect(url).toBe('/notices');
    expect(headers['x-signalbox-signature']).toBe(`sha256=${signatureOf(secret, headers['x-signalbox-timestamp'] as string, body)}`);
    const { link, to, kind } = JSON.parse(body) as Record<string, string>;
    expect([to, kind]).toEqual(['wes@example.org', 'RESET_PASSWORD']);
    expect(await mutated(hooked, 'resetPassword', { token: link!.split('#token=')[1], newPassword: password }, {}, 'username')).toEqual({
      username: 'wes',
    });
  });

  test('where there is none is told alike for everybody, and an administrator has to help', async () => {
    const silent = await startTestApp({ ROLE: 'api' });
    await aUser(silent, 'sam', [], { email: 'sam@example.org' });

    const answers = [
      await refused(silent, 'requestPasswordReset', { account: 'sam' }),
      await refused(silent, 'requestPasswordReset', { account: 'x' }),
    ];
    expect(answers[0]).toEqual(answers[1]);
    expect(answers[0]).toMatchObject({ code: 'PRECONDITION_FAILED', message: expect.stringContaining('ask an administrator') });
  });
});

test('the pages behind links run no script but their own, and send nothing before a button is pressed', async () => {
  for (const path of ['/account/verify', '/account/reset', '/account/invitation', '/account/forgot', '/account/register']) {
    const response = await fetch(`${app.url}${path}`);
    const page = await response.text();
    expect(response.status).toBe(200);
    expect([
      response.headers.get('x-frame-options'),
      response.headers.get('cache-control'),
      response.headers.get('referrer-policy'),
    ]).toEqual(['DENY', 'no-store', 'no-referrer']);
    expect(page).toMatch(/Content-Security-Policy" content="default-src 'none'; script-src 'sha256-[^']+';/);
    expect(page.match(/<script/g)).toHaveLength(1);
    expect(() => new Script(/<script>([\s\S]*)<\/script>/.exec(page)![1]!)).not.toThrow();
  }
});
