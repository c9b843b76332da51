import { expect, test } from 'vitest';
import { sql } from '#core/database/sql.js';
import { write } from '#core/feed/write.js';
import { anonymous } from '#core/policy/actor.js';
import { linkForAdministrator } from '#domains/identity/index.js';
import { startTestApp } from '../../support/app.js';
import { recording, rowsOf } from '../../support/changes.js';
import { data } from '../../support/client.js';

const app = await startTestApp({ ROLE: 'api', ADMIN_PASSWORD: '' });
const origin = { actor: anonymous, requestId: null, traceId: null, sourceIp: null, userAgent: null };

const newLink = async (): Promise<string> => {
  const { result: token } = await write(app.system, origin, linkForAdministrator);
  return `${app.url}/sign-in?token=${token}`;
};

/** Opens a link as a browser does; `cookie` is the value of the one that was set. */
async function open(link: string) {
  const response = await fetch(link, { redirect: 'manual', headers: { 'user-agent': 'a browser' } });
  return {
    status: response.status,
    location: response.headers.get('location'),
    type: response.headers.get('content-type'),
    cookie: /^signalbox_session=([^;]+);/.exec(response.headers.get('set-cookie') ?? '')?.[1] ?? null,
    page: await response.text(),
  };
}

const refusal =
  'The link was used before or is too old: sign in with a password, or ask an administrator for a new link. Where no administrator has a password, the next start of the server prints one';
const sessions = () => rowsOf(app, sql`select id, user_agent, client_info from sessions order by created_at, id`);

test('the link that the first start prints signs a browser in once, and stores neither its token nor the cookie', async () => {
  const link = app.signInLink!;

  const { result: first, changes } = await recording(app, () => open(link));

  expect(first).toEqual({ status: 303, location: '/', type: null, cookie: expect.stringMatching(/^[\w-]{43}$/), page: '' });
  expect(await data(app.url, '{ me { username isSuperuser } }', {}, { cookie: first.cookie! })).toEqual({
    me: { username: 'admin', isSuperuser: true },
  });
  const [session, ...more] = await sessions();
  expect(more).toEqual([]);
  expect(session).toMatchObject({ user_agent: 'a browser', client_info: 'sign-in link' });
  expect(changes).toMatchObject([{ action: 'login_success', outcome: 'SUCCESS', actor_username: 'admin', target_id: session!.id }]);
  const stored = JSON.stringify([
    await rowsOf(app, sql`select * from sign_in_links`),
    await rowsOf(app, sql`select * from sessions`),
    await rowsOf(app, sql`select * from changes`),
  ]);
  expect(stored).not.toContain(new URL(link).searchParams.get('token'));
  expect(stored).not.toContain(first.cookie);
});

test('a link that was used shows the sign-in page with the reason, begins no session and is recorded', async () => {
  const link = await newLink();
  await open(link);
  const before = await sessions();

  const { result: second, changes } = await recording(app, () => open(link));

  expect(second).toMatchObject({ status: 401, location: null, type: 'text/html; charset=utf-8', cookie: null });
  expect(second.page).toContain(refusal);
  expect(await sessions()).toEqual(before);
  expect(changes).toMatchObject([
    {
      action: 'login_failed',
      outcome: 'FAILURE',
      actor_id: null,
      actor_username: 'sign-in link',
      message: refusal,
      user_agent: 'a browser',
    },
  ]);
});

test('of many uses at the same instant exactly one succeeds', async () => {
  const link = await newLink();
  const before = await sessions();

  const { result, changes } = await recording(app, () => Promise.all(Array.from({ length: 8 }, () => open(link))));

  expect(result.map(({ status }) => status).sort()).toEqual([303, ...Array.from({ length: 7 }, () => 401)]);
  expect(result.filter(({ cookie }) => cookie !== null)).toHaveLength(1);
  expect(await sessions()).toHaveLength(before.length + 1);
  expect(changes.map(({ action }) => action).sort()).toEqual([...Array.from({ length: 7 }, () => 'login_failed'), 'login_success']);
});

test('a link lasts a day', async () => {
  const link = await newLink();
  const [row] = await rowsOf(
    app,
    sql`select extract(epoch from expires_at - now()) as seconds from sign_in_links where used_at is null order by expires_at desc limit 1`,
  );
  await rowsOf(app, sql`update sign_in_links set expires_at = now() where used_at is null`);

  const expired = await open(link);

  expect(Number(row!.seconds)).toBeGreaterThan(86_390);
  expect(Number(row!.seconds)).toBeLessThanOrEqual(86_400);
  expect(expired).toMatchObject({ status: 401, cookie: null });
});

test('a link of a deactivated user signs nobody in', async () => {
  const link = await newLink();
  await rowsOf(app, sql`update users set is_active = false where username = 'admin'`);

  const refused = await open(link);
  await rowsOf(app, sql`update users set is_active = true where username = 'admin'`);

  expect(refused).toMatchObject({ status: 401, cookie: null });
});

test.each(['', '?token=', '?token=made-up', '?token=%00', '?token=a&token=b'])('the address /sign-in%s signs nobody in', async (search) => {
  const before = await sessions();

  const refused = await open(`${app.url}/sign-in${search}`);

  expect(refused).toMatchObject({ status: 401, cookie: null });
  expect(refused.page).toContain(refusal);
  expect(await sessions()).toEqual(before);
});

test('once the administrator has a password, a start prints no link', async () => {
  await rowsOf(app, sql`update users set password_hash = 'any' where username = 'admin'`);

  const again = await startTestApp({ ROLE: 'api', ADMIN_PASSWORD: '', DATABASE_URL: app.databaseUrl, DATA_DIR: app.dataDir });

  await again.stop();

  expect(again.signInLink).toBeNull();
});
