import { describe, expect, test } from 'vitest';
import { sql } from '#core/database/sql.js';
import { startTestApp } from '../../support/app.js';
import { recording, rowsOf } from '../../support/changes.js';
import { graphql, signIn } from '../../support/client.js';
import { mutate } from '../../support/mutation.js';
import { othersWait, overtaken } from '../../support/overtaken.js';
import { signedIn } from '../../support/users.js';

const app = await startTestApp({ ROLE: 'api' });
const inAnHour = new Date(Date.now() + 3_600_000).toISOString();

describe('what waits while the session that asks for it is ended is refused:', () => {
  test.each([
    ['createApiToken', `(input: { name: "late", scopes: [], expiresAt: "${inAnHour}" })`, sql`select 1 from api_tokens where owner_id = `],
    ['startTotp', '', sql`select 1 from totps where user_id = `],
    ['updateProfile', '(input: { expectedRevision: 1, email: "late@example.org" })', sql`select 1 from users where revision > 1 and id = `],
    [
      'changePassword',
      '(input: { newPassword: "a password that comes late", withCookie: false })',
      sql`select 1 from users where revision > 1 and id = `,
    ],
  ])('%s', async (name, input, made) => {
    const user = await signedIn(app, name);
    await rowsOf(app, sql`update users set password_hash = null where id = ${user.id}`);
    const ended = [
      sql`select 1 from users where id = ${user.id} for update`,
      sql`update sessions set revoked_at = now(), revision = revision + 1 where user_id = ${user.id}`,
    ];

    const { errors } = await overtaken(app, ended, () => graphql(app.url, `mutation { ${name}${input} { cursor } }`, {}, user));

    expect(errors).toMatchObject([{ message: 'The session is over: sign in again', extensions: { code: 'UNAUTHENTICATED' } }]);
    expect(await rowsOf(app, sql`${made} ${user.id}`)).toEqual([]);
  });

  test('giving a role', async () => {
    const chief = await signedIn(app, 'chief', ['admin'], { isSuperuser: true });
    const ended = [
      sql`select pg_advisory_xact_lock(hashtextextended('signalbox rights', 0))`,
      sql`update sessions set revoked_at = now(), revision = revision + 1 where user_id = ${chief.id}`,
    ];

    const { errors } = await overtaken(app, ended, () => mutate(app, 'assignRole', { userId: chief.id, role: 'viewer' }, chief));

    expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
    expect(await rowsOf(app, sql`select 1 from role_assignments where user_id = ${chief.id}`)).toHaveLength(1);
  });
});

describe('a session whose tokens are refreshed at the same instant is ended all the same', () => {
  const refreshed = (id: string) => [sql`update sessions set revision = revision + 1 where id = ${id}`];
  const isOver = async (id: string) => (await rowsOf(app, sql`select revoked_at from sessions where id = ${id}`))[0]!.revoked_at !== null;

  test('by revokeSession', async () => {
    const user = await signedIn(app, 'revoked');

    const { errors } = await overtaken(app, refreshed(user.sessionId), () => mutate(app, 'revokeSession', { id: user.sessionId }, user));

    expect(errors).toBeUndefined();
    expect(await isOver(user.sessionId)).toBe(true);
  });

  test('by signOut', async () => {
    const user = await signedIn(app, 'out');

    const { errors } = await overtaken(app, refreshed(user.sessionId), () => graphql(app.url, 'mutation { signOut { cursor } }', {}, user));

    expect(errors).toBeUndefined();
    expect(await isOver(user.sessionId)).toBe(true);
  });

  test('by a refresh token that was used before, which is recorded', async () => {
    const { refreshToken, sessionId } = await signIn(app.url);
    await mutate(app, 'refreshSession', { refreshToken });
    await rowsOf(app, sql`update sessions set token_rotated_at = now() - interval '1 minute' where id = ${sessionId}`);

    // The refresh at the same instant comes between the refusal and its consequence.
    const { result, changes } = await recording(app, () =>
      overtaken(
        app,
        [sql`select 1 from sessions where id = ${sessionId} for update`],
        async () => {
          const reuse = mutate(app, 'refreshSession', { refreshToken });
          await othersWait(app, 1);
          return overtaken(app, refreshed(sessionId), () => reuse);
        },
        2,
      ),
    );

    expect(result.errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
    expect(changes).toMatchObject([{ action: 'refresh_token_reused' }]);
    expect(await isOver(sessionId)).toBe(true);
  });
});
