import { expect, test } from 'vitest';
import { sql } from '#core/database/sql.js';
import { Settings } from '#core/settings/settings.js';
import { startTestApp } from '../../support/app.js';
import { rowsOf } from '../../support/changes.js';
import { data, graphql, signIn } from '../../support/client.js';
import { followFeed } from '../../support/feed.js';
import { enqueue, eventually, jobIn } from '../../support/probe.js';
import { aUser } from '../../support/users.js';

const app = await startTestApp();
const admin = await signIn(app.url);
const { id: userId } = await aUser(app, 'anna');
const day = (n: number) => new Date(Date.now() + n * 86_400_000);
const insertSessions = (count: number, expiresAt: Date, revokedAt: Date | null = null) =>
  rowsOf<{ id: string }>(
    app,
    sql`insert into sessions (id, revision, created_at, updated_at, user_id, refresh_token_hash, expires_at, last_activity_at, revoked_at)
    select gen_random_uuid(), 1, now(), now(), ${userId}, 'x', ${expiresAt}, now(), ${revokedAt} from generate_series(1, ${count}) returning id`,
  );
const insertLinks = (expiresAt: Date, usedAt: Date | null) =>
  rowsOf(
    app,
    sql`insert into sign_in_links (id, user_id, token_hash, expires_at, used_at)
    values (gen_random_uuid(), ${userId}, gen_random_uuid()::text, ${expiresAt}, ${usedAt})`,
  );
const insertRevoked = (expiresAt: Date) =>
  rowsOf(app, sql`insert into revoked_tokens (id, jti, expires_at) values (gen_random_uuid(), gen_random_uuid()::text, ${expiresAt})`);
const insertApiToken = (expiresAt: Date, revokedAt: Date | null = null) =>
  rowsOf(
    app,
    sql`insert into api_tokens (id, created_at, updated_at, owner_id, name, scopes, prefix, token_hash, expires_at, revoked_at)
    values (gen_random_uuid(), now(), now(), ${userId}, 'x', '[]', 'x', gen_random_uuid()::text, ${expiresAt}, ${revokedAt})`,
  );
const insertCount = (lastAt: Date) =>
  rowsOf(app, sql`insert into attempt_counts (id, key, tries, last_at) values (gen_random_uuid(), gen_random_uuid()::text, 3, ${lastAt})`);
const ids = (rows: readonly { id: string }[]) => rows.map(({ id }) => id);

test('[taylordash-55] [mcpbox-55] trimming deletes expired revoked tokens, links that are of no use, counts of attempts of days before, and sessions and API tokens that ended a year ago, and nothing else', async () => {
  await insertSessions(2_100, day(-366));
  await insertSessions(1, day(20), day(-366));
  const kept = [
    ...(await insertSessions(1, day(-364))),
    ...(await insertSessions(1, day(-300), day(-364))),
    ...(await insertSessions(1, day(20))),
  ];
  await insertLinks(day(-1), null);
  await insertLinks(day(1), day(0));
  await insertLinks(day(1), null);
  const insertNotice = (expiresAt: Date, nextAttemptAt: Date | null) =>
    rowsOf<{ id: string }>(
      app,
      sql`insert into account_notices (id, kind, recipient, created_at, expires_at, next_attempt_at)
      values (gen_random_uuid(), 'RESET_PASSWORD', 'x', now(), ${expiresAt}, ${nextAttemptAt}) returning id`,
    );
  await insertNotice(day(-2), null);
  const notices = [...(await insertNotice(day(-0.5), null)), ...(await insertNotice(day(-2), day(1)))];
  await insertRevoked(day(-1));
  await insertRevoked(day(1));
  await insertCount(day(-1.1));
  await insertCount(day(-0.9));
  await insertApiToken(day(-366));
  await insertApiToken(day(20), day(-366));
  await insertApiToken(day(-364));
  await insertApiToken(day(20));

  const { id, cursor } = await enqueue(app.url, 'upkeep.trimSessions', {}, admin);
  const lines = await followFeed(app.url, 'jobLogs', id, admin, { after: cursor }).ended();
  const job = await jobIn(app.url, id, 'SUCCEEDED', admin);
  await lines.stop();

  expect(job.result).toEqual({ revokedTokens: 1, signInLinks: 2, accountNotices: 1, sessions: 2_101, attempts: 1, apiTokens: 2 });
  expect(lines.items.map(({ level, text }) => `${level} ${text}`)).toEqual([
    'INFO 1 revoked tokens deleted',
    'INFO 2 sign-in links deleted',
    'INFO 1 notices about accounts deleted',
    'INFO 2101 sessions deleted',
    'INFO 1 counts of attempts deleted',
    'INFO 2 API tokens deleted',
  ]);
  expect(ids(await rowsOf<{ id: string }>(app, sql`select id from account_notices`)).sort()).toEqual(ids(notices).sort());
  expect(ids(await rowsOf<{ id: string }>(app, sql`select id from sessions where user_id = ${userId}`)).sort()).toEqual(ids(kept).sort());
  expect(await rowsOf(app, sql`select 1 from sign_in_links where user_id = ${userId}`)).toHaveLength(1);
  expect(await rowsOf(app, sql`select 1 from revoked_tokens`)).toHaveLength(1);
  expect(await rowsOf(app, sql`select 1 from api_tokens`)).toHaveLength(2);
  expect((await graphql(app.url, '{ me { username } }', {}, admin)).data).toEqual({ me: { username: 'admin' } });
});

test('how long sessions are kept is a setting', async () => {
  const [young, old] = [await insertSessions(1, day(-9)), await insertSessions(1, day(-11))];
  const setDays = 'mutation { setSetting(input: { key: "sessions.retentionDays", value: 10, expectedRevision: 1 }) { cursor } }';
  await data(app.url, setDays, {}, admin);
  await eventually(
    'the setting to hold',
    () => app.system.services.get(Settings).valueOf('sessions.retentionDays'),
    (days) => days === 10,
  );

  const { id } = await enqueue(app.url, 'upkeep.trimSessions', {}, admin);
  await jobIn(app.url, id, 'SUCCEEDED', admin);

  const left = ids(await rowsOf<{ id: string }>(app, sql`select id from sessions where user_id = ${userId}`));
  expect([left.includes(young[0]!.id), left.includes(old[0]!.id)]).toEqual([true, false]);
});

test('[taylordash-63] a session that has expired is shown as not active, and its row stays', async () => {
  const [session] = await insertSessions(1, day(-1));

  const shown = await data(app.url, 'query($id: ID!) { session(id: $id) { isActive isExpired revokedAt } }', session!, admin);

  expect(shown).toEqual({ session: { isActive: false, isExpired: true, revokedAt: null } });
});
