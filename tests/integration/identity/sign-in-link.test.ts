import { request } from 'node:http';
import { expect, test } from 'vitest';
import { sql } from '#core/database/sql.js';
import { write } from '#core/feed/write.js';
import { anonymous } from '#core/policy/actor.js';
import { linkForAdministrator } from '#domains/identity/index.js';
import { startTestApp } from '../../support/app.js';
import { recording, rowsOf } from '../../support/changes.js';
import { data } from '../../support/client.js';
import { useSignInLink } from '../../support/sign-in-link.js';

const app = await startTestApp({ ROLE: 'api', ADMIN_PASSWORD: '' });
const origin = { actor: anonymous, requestId: null, traceId: null, sourceIp: null, userAgent: null };

const newLink = async (): Promise<string> => {
  const { result: token } = await write(app.system, origin, linkForAdministrator);
  return `${app.url}/sign-in?token=${token}`;
};

/** Presses the button behind a link as a browser does; `cookie` is the value of the one that was set. */
async function use(link: string, headers: Record<string, string> = {}) {
  const response = await useSignInLink(link, { 'user-agent': 'a browser', ...headers });
  return {
    status: response.status,
    location: response.headers.get('location'),
    type: response.headers.get('content-type'),
    cookie: /^signalbox_session=([^;]+);/.exec(response.headers.get('set-cookie') ?? '')?.[1] ?? null,
    page: await response.text(),
  };
}

// fetch says itself which mode it is in.
const statusOfPost = (link: string, headers: Record<string, string>) =>
  new Promise<number>((resolve, reject) => {
    const { origin, pathname, searchParams } = new URL(link);
    const asked = request(`${origin}${pathname}`, { method: 'POST', headers, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode!);
    });
    asked.on('error', reject).end(searchParams.toString());
  });

const refusal =
  'The link was used before or is too old: sign in with a password, or ask an administrator for a new link. Where no administrator has a password, the next start of the server prints one';
const sessions = () => rowsOf(app, sql`select id, user_agent, client_info from sessions order by created_at, id`);

test('the link that the first start prints signs a browser in once, and stores neither its token nor the cookie', async () => {
  const link = app.signInLink!;

  const { result: first, changes } = await recording(app, () => use(link));

  expect(first).toEqual({ status: 303, location: '/account/password', type: null, cookie: expect.stringMatching(/^[\w-]{43}$/), page: '' });
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

test('who opens a link is shown a button, and nothing changes: programs that look at mails open links too', async () => {
  const link = await newLink();
  const links = () => rowsOf(app, sql`select * from sign_in_links order by id`);
  const before = [await links(), await sessions(), await rowsOf(app, sql`select * from attempt_counts order by id`)];

  const { result: opened, changes } = await recording(app, async () => {
    const responses = await Promise.all([1, 2, 3].map(() => fetch(link, { redirect: 'manual' })));
    return Promise.all(responses.map(async ({ status, headers }, i) => ({ status, headers, page: await responses[i]!.text() })));
  });

  for (const { status, headers, page } of opened) {
    expect([status, headers.get('content-type'), headers.get('cache-control')]).toEqual([200, 'text/html; charset=utf-8', 'no-store']);
    expect(headers.get('set-cookie')).toBeNull();
    expect(page).toContain('<form method="post" action="/sign-in">');
    expect(page).toContain(`<input type="hidden" name="token" value="${new URL(link).searchParams.get('token')}">`);
    expect(page).not.toContain('<script');
  }
  expect([await links(), await sessions(), await rowsOf(app, sql`select * from attempt_counts order by id`)]).toEqual(before);
  expect(changes).toEqual([]);
  expect(await use(link)).toMatchObject({ status: 303, cookie: expect.stringMatching(/^[\w-]{43}$/) });
});

test('what stands in a link is text on its page', async () => {
  const page = await (await fetch(`${app.url}/sign-in?token=${encodeURIComponent('"><script>alert(1)</script>')}`)).text();

  expect(page).toContain('value="&#34;&#62;&#60;script&#62;alert(1)&#60;/script&#62;"');
});

test.each([
  ['a page of another site', { origin: 'https://evil.example' }],
  ['a page without an origin', { origin: 'null' }],
])('%s cannot sign a browser in by a link of its own', async (_who, headers) => {
  const link = await newLink();
  const before = await sessions();

  const { result, changes } = await recording(app, () => use(link, headers));

  expect(result).toMatchObject({ status: 403, cookie: null });
  expect([await sessions(), changes]).toEqual([before, []]);
  expect(await use(link)).toMatchObject({ status: 303 });
});

test('a form of another site is refused, also by a browser that says only by what way it comes', async () => {
  const before = await sessions();

  const status = await statusOfPost(await newLink(), { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' });

  expect(status).toBe(403);
  expect(await sessions()).toEqual(before);
});

test('a link that was used shows the sign-in page with the reason, begins no session and is recorded', async () => {
  const link = await newLink();
  await use(link);
  const before = await sessions();

  const { result: second, changes } = await recording(app, () => use(link));

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

  const { result, changes } = await recording(app, () => Promise.all(Array.from({ length: 8 }, () => use(link))));

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

  const expired = await use(link);

  expect(Number(row!.seconds)).toBeGreaterThan(86_390);
  expect(Number(row!.seconds)).toBeLessThanOrEqual(86_400);
  expect(expired).toMatchObject({ status: 401, cookie: null });
});

test('a link of a deactivated user signs nobody in', async () => {
  const link = await newLink();
  await rowsOf(app, sql`update users set is_active = false where username = 'admin'`);

  const refused = await use(link);
  await rowsOf(app, sql`update users set is_active = true where username = 'admin'`);

  expect(refused).toMatchObject({ status: 401, cookie: null });
});

test.each(['', '?token=', '?token=made-up', '?token=%00', '?token=a&token=b'])('the address /sign-in%s signs nobody in', async (search) => {
  const before = await sessions();

  const refused = await use(`${app.url}/sign-in${search}`);

  expect(refused).toMatchObject({ status: 401, cookie: null });
  expect(refused.page).toContain(refusal);
  expect(await sessions()).toEqual(before);
});

test('a link leads to the page for a password, unless there is one or passwords are disabled', async () => {
  const disabled = (value: boolean) => rowsOf(app, sql`update auth_providers set is_enabled = ${!value} where kind = 'LOCAL'`);
  const hash = (value: string | null) => rowsOf(app, sql`update users set password_hash = ${value} where username = 'admin'`);
  const links = [await newLink(), await newLink(), await newLink()] as [string, string, string];
  const { location } = await use(links[0]);
  await disabled(true);
  const whileDisabled = await use(links[1]);
  await disabled(false);
  await hash('any');
  const withPassword = await use(links[2]);
  await hash(null);

  expect([location, whileDisabled.location, withPassword.location]).toEqual(['/account/password', '/', '/']);
});

test('once the administrator has a password, a start prints no link', async () => {
  await rowsOf(app, sql`update users set password_hash = 'any' where username = 'admin'`);

  const again = await startTestApp({ ROLE: 'api', ADMIN_PASSWORD: '', DATABASE_URL: app.databaseUrl, DATA_DIR: app.dataDir });

  await again.stop();

  expect(again.signInLink).toBeNull();
});
