import { expect, test } from 'vitest';
import { sql } from '#core/database/sql.js';
import type { Denied } from '#core/feed/denied.js';
import { ownOrigin } from '#core/feed/origin.js';
import { write } from '#core/feed/write.js';
import { KeyRing } from '#core/secrets/key-ring.js';
import { checkTotp, totpOf } from '#domains/identity/factors/check-totp.js';
import { User } from '#domains/identity/users/user.entity.js';
import { startTestApp } from '../../support/app.js';
import { recording, rowsOf } from '../../support/changes.js';
import { data, graphql, signIn, type Auth } from '../../support/client.js';
import { mutate, mutated, refused } from '../../support/mutation.js';
import { codeOf, confirmTotp, wrongCodeOf } from '../../support/totp.js';
import { setTo } from '../../support/settings.js';
import { signedIn } from '../../support/users.js';
import { unlimited } from '../../support/unlimited.js';

const app = await startTestApp({ ROLE: 'api' });
await unlimited(app);
const admin = await signIn(app.url);
const password = 'a password of a test user';

const startTotp = (auth: Auth) => data(app.url, 'mutation { startTotp { secret uri } }', {}, auth).then(({ startTotp }) => startTotp);
/** Somebody with a second factor, of which no code counts as taken. */
async function withTotp(username: string, roles: string[] = []) {
  const user = await signedIn(app, username, roles);
  const { secret } = await startTotp(user);
  return { ...user, secret: secret as string, recoveryCodes: await confirmTotp(app, user, secret) };
}
const trySignIn = async (username: string, totpCode?: string, given = password) =>
  ((await mutate(app, 'signIn', { username, password: given, totpCode })).errors?.[0]!.extensions ?? null) as Record<
    string,
    unknown
  > | null;

test('a second factor counts once a code was shown; its secret and codes are shown once, and stored sealed and hashed', async () => {
  const tina = await signedIn(app, 'tina');

  const { result: started, changes } = await recording(app, () => startTotp(tina));
  expect(started.uri).toMatch(new RegExp(`^otpauth://totp/Signalbox:tina\\?issuer=Signalbox&secret=${started.secret}&`));
  expect(await trySignIn('tina')).toBe(null);
  expect(await refused(app, 'confirmTotp', { code: 'abc' }, tina).catch((error: Error) => error.message)).toContain('totp_failed');
  const { result: confirmed, changes: more } = await recording(app, () =>
    mutated(app, 'confirmTotp', { code: codeOf(started.secret) }, tina, 'recoveryCodes user { username }'),
  );

  expect(confirmed).toMatchObject({ user: { username: 'tina' }, recoveryCodes: { length: 10 } });
  expect(new Set(confirmed.recoveryCodes).size).toBe(10);
  expect(await trySignIn('tina')).toEqual({ code: 'UNAUTHENTICATED', reason: 'TOTP_REQUIRED' });
  const [row] = await rowsOf<Record<string, string>>(app, sql`select t.* from totps t where user_id = ${tina.id}`);
  expect(app.system.services.get(KeyRing).unseal(row!.sealed_secret!, `totps:${row!.id}`)).toBe(started.secret);
  const stored = JSON.stringify([row, await rowsOf(app, sql`select * from recovery_codes`), changes, more]);
  for (const secret of [started.secret, ...confirmed.recoveryCodes]) expect(stored).not.toContain(secret);
  expect(JSON.stringify([changes, more])).not.toContain(row!.sealed_secret);
});

test('a sign-in with both factors begins a session; a code is taken once, nor is one before it', async () => {
  const { secret } = await withTotp('theo');
  const code = codeOf(secret);

  expect(await trySignIn('theo', code, 'a wrong password')).toEqual({ code: 'UNAUTHENTICATED' });
  expect(await trySignIn('theo', code)).toBe(null);
  expect(await trySignIn('theo', code)).toEqual({ code: 'UNAUTHENTICATED', reason: 'TOTP_WRONG' });
  expect(await trySignIn('theo', codeOf(secret, -1))).toEqual({ code: 'UNAUTHENTICATED', reason: 'TOTP_WRONG' });
});

test('of many uses of one code at the same instant one succeeds', async () => {
  const { id, secret } = await withTotp('tess');
  const code = codeOf(secret);

  const answers = await Promise.all(Array.from({ length: 6 }, () => trySignIn('tess', code)));

  expect(answers.filter((answer) => answer === null)).toHaveLength(1);
  expect(await rowsOf(app, sql`select 1 from sessions where user_id = ${id}`)).toHaveLength(2);
});

test('codes from beyond the window are refused', async () => {
  const { secret } = await withTotp('tom');
  for (const steps of [-3, 3]) expect(await trySignIn('tom', codeOf(secret, steps))).toMatchObject({ reason: 'TOTP_WRONG' });
});

test('after five wrong codes none is taken for a while, not even the right one, and each is recorded', async () => {
  const { id, secret } = await withTotp('toby');
  const wrong = wrongCodeOf(secret);

  const { changes } = await recording(app, async () => {
    for (let n = 0; n < 5; n += 1) expect(await trySignIn('toby', wrong)).toMatchObject({ reason: 'TOTP_WRONG' });
  });
  expect(changes.map(({ action, outcome, actor_id }) => [action, outcome, actor_id])).toEqual(
    Array.from({ length: 5 }, () => ['totp_failed', 'FAILURE', id]),
  );
  const locked = await trySignIn('toby', codeOf(secret));
  expect(locked).toMatchObject({ code: 'RATE_LIMITED' });
  expect(locked!.retryAfterMs).toBeGreaterThan(14 * 60_000);

  await rowsOf(app, sql`update totps set locked_until = now() where user_id = ${id}`);
  expect(await trySignIn('toby', codeOf(secret))).toBe(null);
});

test('a recovery code stands in once, however it is written; new ones take the place of the old', async () => {
  const tara = await withTotp('tara');
  const [first, second] = tara.recoveryCodes as [string, string];

  expect(await trySignIn('tara', first)).toBe(null);
  expect(await trySignIn('tara', first)).toMatchObject({ reason: 'TOTP_WRONG' });
  expect(await trySignIn('tara', second.toUpperCase().replaceAll('-', ' '))).toBe(null);

  const { recoveryCodes } = await mutated(app, 'regenerateRecoveryCodes', { code: codeOf(tara.secret) }, tara, 'recoveryCodes');
  expect(await trySignIn('tara', tara.recoveryCodes[2])).toMatchObject({ reason: 'TOTP_WRONG' });
  expect(await trySignIn('tara', recoveryCodes[0])).toBe(null);
  const other = await withTotp('tilly');
  expect(await trySignIn('tilly', recoveryCodes[1])).toMatchObject({ reason: 'TOTP_WRONG' });
  expect(await trySignIn('tilly', other.recoveryCodes[1])).toBe(null);
});

test('a session alone gets no new recovery codes: that takes a code, which counts as any other does', async () => {
  const { secret, recoveryCodes, ...tove } = await withTotp('tove');
  const [first, second] = recoveryCodes as [string, string];
  const stored = () => rowsOf(app, sql`select * from recovery_codes where user_id = ${tove.id} order by id`);
  const before = await stored();
  const renew = (code: string) => mutate(app, 'regenerateRecoveryCodes', { code }, tove);

  expect((await graphql(app.url, 'mutation { regenerateRecoveryCodes { cursor } }', {}, tove)).errors).toMatchObject([
    { extensions: { code: 'BAD_USER_INPUT' } },
  ]);
  const { changes } = await recording(app, async () => {
    for (const code of ['', wrongCodeOf(secret), 'made-up', wrongCodeOf(secret), 'aaaa-aaaa-aaaa-aaaa'])
      expect((await renew(code)).errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED', reason: 'TOTP_WRONG' } }]);
  });
  expect(changes.map(({ action, actor_id }) => [action, actor_id])).toEqual(Array.from({ length: 5 }, () => ['totp_failed', tove.id]));
  expect((await renew(first)).errors).toMatchObject([{ extensions: { code: 'RATE_LIMITED' } }]);
  expect(await stored()).toEqual(before);

  await rowsOf(app, sql`update totps set locked_until = now() where user_id = ${tove.id}`);
  const { result, changes: more } = await recording(app, () =>
    mutated(app, 'regenerateRecoveryCodes', { code: first }, tove, 'user { username } recoveryCodes'),
  );
  expect(result).toMatchObject({ user: { username: 'tove' }, recoveryCodes: { length: 10 } });
  expect(more).toMatchObject([{ action: 'identity.recoveryCodes.regenerated', target_id: tove.id }]);
  for (const old of [first, second]) expect((await renew(old)).errors).toMatchObject([{ extensions: { reason: 'TOTP_WRONG' } }]);
});

test('it is ended with a last code, and then a password is enough again', async () => {
  const { secret, ...tim } = await withTotp('tim');
  expect(await graphql(app.url, 'mutation { startTotp { secret } }', {}, tim)).toMatchObject({
    errors: [{ extensions: { code: 'PRECONDITION_FAILED' } }],
  });
  expect((await mutate(app, 'disableTotp', { code: wrongCodeOf(secret) }, tim)).errors).toMatchObject([
    { extensions: { reason: 'TOTP_WRONG' } },
  ]);

  await mutated(app, 'disableTotp', { code: codeOf(secret) }, tim, 'user { username }');

  expect(await trySignIn('tim')).toBe(null);
  expect(await rowsOf(app, sql`select 1 from recovery_codes where user_id = ${tim.id}`)).toEqual([]);
});

test('an administrator ends it for somebody who lost it, if they may do all that the user may', async () => {
  const { id } = await withTotp('lost', ['operator']);
  const plain = await signedIn(app, 'plain', ['operator']);
  expect(await refused(app, 'resetUserTotp', { id }, plain)).toMatchObject({ code: 'FORBIDDEN' });

  const { changes } = await recording(app, () => mutated(app, 'resetUserTotp', { id }, admin, 'user { username }'));

  expect(changes).toMatchObject([{ action: 'identity.totp.disabled', target_id: id, actor_username: 'admin' }]);
  expect(await trySignIn('lost')).toBe(null);
  expect(await refused(app, 'resetUserTotp', { id }, admin)).toMatchObject({ code: 'PRECONDITION_FAILED' });
});

test('where administrators need one, they have no rights without it, at once', async () => {
  const ada = await signedIn(app, 'ada', ['admin']);
  const operator = await signedIn(app, 'opal', ['operator']);
  const boss = await withTotp('boss', ['admin']);
  const sees = async (auth: Auth) => (await data(app.url, '{ users { totalCount } }', {}, auth)).users.totalCount > 1;
  const flag = (value: boolean) => setTo(app, 'accounts.requireTotpForAdministrators', value, boss);
  expect([await sees(ada), await sees(boss)]).toEqual([true, true]);

  await flag(true);
  await expect.poll(() => sees(ada)).toBe(false);
  expect(await refused(app, 'createUser', { username: 'new' }, ada)).toMatchObject({ code: 'FORBIDDEN' });
  expect(await sees(boss)).toBe(true);
  expect((await data(app.url, '{ jobs { totalCount } }', {}, operator)).jobs).toEqual({ totalCount: 0 });

  const { secret } = await startTotp(ada);
  await mutated(app, 'confirmTotp', { code: codeOf(secret) }, ada);
  await expect.poll(() => sees(ada)).toBe(true);
  await flag(false);
});

test('a wrong code that was looked at before the lock does not lift it', async () => {
  const user = await withTotp('lola');
  const lockedUntil = async () => (await rowsOf(app, sql`select locked_until from totps where user_id = ${user.id}`))[0]!.locked_until;
  const context = await guessing(app, user.id, wrongCodeOf(user.secret));
  for (let n = 0; n < 5; n += 1) await trySignIn('lola', wrongCodeOf(user.secret));
  const locked = await lockedUntil();
  expect(locked).not.toBe(null);

  await context.tell();

  expect(await lockedUntil()).toEqual(locked);
});

/** Somebody whose wrong code was looked at, and is counted only later. */
async function guessing(of: typeof app, userId: string, code: string): Promise<{ tell: () => Promise<unknown> }> {
  const refusal = await write(of.system, ownOrigin, async (context) => {
    const user = await context.em.findOneOrFail(User, { id: userId });
    await checkTotp(context, user, (await totpOf(context, userId))!, code);
  }).then(
    () => null,
    (error: unknown) => error as Denied,
  );
  return { tell: () => write(of.system, ownOrigin, (context) => refusal!.denial.consequence!(context)) };
}
