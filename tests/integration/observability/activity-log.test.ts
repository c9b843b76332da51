import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { ActivityRecorder } from '#domains/observability/index.js';
import { startTestApp } from '../../support/app.js';
import { signIn } from '../../support/client.js';
import { TestFeed } from '../../support/feed.js';
import { enqueue, jobIn, openSql } from '../../support/probe.js';
import { aServer } from '../../support/tools.js';
import { signedIn } from '../../support/users.js';

const app = await startTestApp();
const sql = await openSql(app.databaseUrl);
const admin = await signIn(app.url);
const recorder = app.system.services.get(ActivityRecorder);
const count = async (message: string): Promise<number> =>
  Number((await sql('select count(*) as n from activity_logs where message = $1', [message]))[0]!.n);

test('what is told is followed live by those who may, through their filter, and by nobody else', async () => {
  const server = await aServer(app);
  const approver = await signedIn(app, 'anna', ['approver']);
  const viewer = await signedIn(app, 'vera', ['viewer']);
  const query = `subscription($filter: ActivityLogFilter) { activityLogs(filter: $filter) { state cursor items { message level server { slug } } } }`;
  const follow = (auth: object) =>
    new TestFeed(app.url, query, { filter: { server: { eq: server.id }, level: { eq: 'WARN' } } }, auth, 'activityLogs');
  const [seen, hidden] = [follow(approver), follow(viewer)];
  await Promise.all([seen, hidden].map((feed) => feed.until('a page', ({ pages }) => pages.length > 0)));

  recorder.record({ logType: 'ALERT', message: 'elsewhere', level: 'WARN' });
  recorder.record({ logType: 'ALERT', message: 'quiet', serverId: server.id });
  recorder.record({ logType: 'ALERT', message: 'loud', level: 'WARN', serverId: server.id });

  await seen.until('the entry', ({ items }) => items.length > 0);
  const pagesBefore = hidden.pages.length;
  await hidden.until('a heartbeat after it', ({ pages }) => pages.length > pagesBefore);
  expect(seen.items).toEqual([{ message: 'loud', level: 'WARN', server: { slug: server.slug } }]);
  expect(hidden.items).toEqual([]);
  await Promise.all([seen.stop(), hidden.stop()]);
});

test('what the database cannot keep up with is left out, so that memory does not grow', async () => {
  for (let i = 0; i < 10_050; i += 1) recorder.record({ logType: 'SYSTEM', message: 'flood' });

  await recorder.flush();

  expect(await count('flood')).toBe(10_000);
  recorder.record({ logType: 'SYSTEM', message: 'after the flood' });
  await recorder.flush();
  expect(await count('after the flood')).toBe(1);
}, 60_000);

test('entries of a server that is gone are lost with it, and those of others are written', async () => {
  recorder.record({ logType: 'SYSTEM', message: 'of nobody', serverId: randomUUID() });
  recorder.record({ logType: 'SYSTEM', message: 'of all' });
  const server = await aServer(app);
  recorder.record({ logType: 'SYSTEM', message: 'of one', serverId: server.id });

  await recorder.flush();

  expect([await count('of nobody'), await count('of all'), await count('of one')]).toEqual([0, 1, 1]);
  await sql('delete from mcp_servers where id = $1', [server.id]);
  expect(await count('of one')).toBe(0);
});

test('old entries are deleted, and newer ones stay', async () => {
  for (const message of ['old', 'new']) recorder.record({ logType: 'SYSTEM', message });
  await recorder.flush();
  await sql(`update activity_logs set created_at = now() - interval '31 days' where message = 'old'`);

  const { id } = await enqueue(app.url, 'upkeep.trimActivityLogs', {}, admin);
  await jobIn(app.url, id, 'SUCCEEDED', admin);

  expect([await count('old'), await count('new')]).toEqual([0, 1]);
}, 60_000);
