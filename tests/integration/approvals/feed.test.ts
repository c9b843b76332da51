import { expect, test } from 'vitest';
import { sql } from '#core/database/sql.js';
import { cancelApproval } from '#domains/approvals/index.js';
import type { Approval } from '#domains/approvals/approval.entity.js';
import { aBooking, anApprover, asUser, startApprovalApp } from '../../support/approvals.js';
import { rowsOf } from '../../support/changes.js';
import { data, signIn, type Auth } from '../../support/client.js';
import { TestFeed } from '../../support/feed.js';
import { mutated } from '../../support/mutation.js';
import { signedIn } from '../../support/users.js';

const app = await startApprovalApp();
const admin = await signIn(app.url);
const [anna, bert] = [await anApprover(app, 'anna'), await anApprover(app, 'bert')];
const carl = await signedIn(app, 'carl');
const byCarl = { id: carl.id, name: 'carl' };

const item = 'id kind action actorName cursor createdAt approval { id status } subject { id ... on Role { name } }';
const query = `subscription($after: String, $last: Int, $filter: ApprovalEventFilter) {
  approvalEvents(after: $after, last: $last, filter: $filter) { state cursor reason items { ${item} } } }`;
const follow = (auth: Auth, variables: Record<string, unknown> = {}) => new TestFeed(app.url, query, variables, auth, 'approvalEvents');
const live = (feed: TestFeed) => feed.until('a live page', ({ pages, errors }) => pages.at(-1)?.state === 'LIVE' || errors !== null);
const decide = ({ id, digest }: Approval, auth: Auth, more: object = {}) =>
  mutated(app, 'decideApproval', { id, digest, verdict: 'APPROVED', ...more }, auth, 'cursor');
const told = (feed: TestFeed) => feed.items.map(({ action, actorName, approval }) => [action, actorName, approval.id]);

test('everything that happens to approvals is followed as it happens, with the subject, the first of two who agree included', async () => {
  const feed = await live(follow(anna));
  const critical = await aBooking(app, byCarl, { riskLevel: 'CRITICAL' });
  const refused = await aBooking(app, byCarl);
  const dropped = await aBooking(app, byCarl);
  await decide(critical, anna);
  await decide(critical, bert);
  await decide(refused, bert, { verdict: 'REJECTED', comment: 'No' });
  await asUser(app, byCarl, (context) => cancelApproval(context, dropped, 'Not needed'));

  await feed.until('the cancellation', ({ items }) => items.length === 7);

  expect(told(feed)).toEqual([
    ['REQUESTED', 'carl', critical.id],
    ['REQUESTED', 'carl', refused.id],
    ['REQUESTED', 'carl', dropped.id],
    ['PARTLY_APPROVED', 'anna', critical.id],
    ['APPROVED', 'bert', critical.id],
    ['REJECTED', 'bert', refused.id],
    ['CANCELLED', 'carl', dropped.id],
  ]);
  expect(feed.items.map(({ kind, subject }) => [kind, subject.id, subject.name])).toEqual(
    [critical, refused, dropped, critical, critical, refused, dropped].map(({ subjectId, subjectName }) => [
      'BOOKING',
      subjectId,
      subjectName,
    ]),
  );
  await feed.stop();
});

test('a filter lets through what it names, live and replayed, and the paged query agrees', async () => {
  const approval = await aBooking(app, byCarl, { riskLevel: 'HIGH' });
  const other = await aBooking(app, byCarl);
  const filter = { action: { in: ['APPROVED', 'REJECTED'] }, riskLevel: { eq: 'HIGH' } };
  const feed = await live(follow(anna, { filter }));
  await decide(other, anna);
  await decide(approval, anna);

  await feed.until('the decision', ({ items }) => items.length === 1);

  expect(told(feed)).toEqual([['APPROVED', 'anna', approval.id]]);
  const replayed = await live(follow(anna, { last: 1, filter }));
  expect(replayed.items).toEqual(feed.items);
  const { approvalEvents } = await data(
    app.url,
    `query($filter: ApprovalEventFilter) { approvalEvents(last: 1, filter: $filter) { nodes { ${item} } } }`,
    { filter },
    anna,
  );
  expect(approvalEvents.nodes).toEqual(feed.items);
  await Promise.all([feed.stop(), replayed.stop()]);
});

test('a feed goes on behind the cursor of a page, of an item and of a decision, without a gap and without a double', async () => {
  const first = await aBooking(app, byCarl);
  const second = await aBooking(app, byCarl);
  const { cursor: decided } = await decide(first, anna);
  await decide(second, anna);
  const all = await live(follow(anna, { last: 4 }));
  const about = told(all).map(([action, , id]) => [action, id]);
  expect(about).toEqual([
    ['REQUESTED', first.id],
    ['REQUESTED', second.id],
    ['APPROVED', first.id],
    ['APPROVED', second.id],
  ]);

  for (const [i, { cursor }] of all.items.entries()) {
    const resumed = await live(follow(anna, { after: cursor }));
    expect(resumed.items).toEqual(all.items.slice(i + 1));
    await resumed.stop();
  }
  const ofDecision = await live(follow(anna, { after: decided }));
  expect(ofDecision.items).toEqual(all.items.slice(2));
  await Promise.all([all.stop(), ofDecision.stop()]);
});

test('who only asked follows what became of it, and sees nothing of others, live and replayed', async () => {
  const dora = await signedIn(app, 'dora');
  const start = await live(follow(dora, { last: 100 }));
  expect(start.items).toEqual([]);
  const foreign = await aBooking(app, byCarl);
  const own = await aBooking(app, { id: dora.id, name: 'dora' });
  await decide(foreign, anna);
  await decide(own, anna);

  await start.until('the decision', ({ items }) => items.some(({ action }) => action === 'APPROVED'));

  const seen = [
    ['REQUESTED', 'dora', own.id],
    ['APPROVED', 'anna', own.id],
  ];
  expect(told(start)).toEqual(seen);
  const replayed = await live(follow(dora, { last: 100 }));
  expect(told(replayed)).toEqual(seen);
  await Promise.all([start.stop(), replayed.stop()]);
});

test('who loses the permission of a kind sees nothing more of it, on the open feed too', async () => {
  const emil = await anApprover(app, 'emil');
  const feed = await live(follow(emil));
  await aBooking(app, byCarl);
  await feed.until('the request', ({ items }) => items.length === 1);

  await mutated(app, 'removeRole', { userId: emil.id, role: 'booking-approver' }, admin);
  const before = feed.pages.length;
  const hidden = await aBooking(app, byCarl);
  await decide(hidden, anna);
  const own = await aBooking(app, { id: emil.id, name: 'emil' });
  await feed.until('the own request', ({ items }) => items.length > 1);

  expect(told(feed).slice(1)).toEqual([['REQUESTED', 'emil', own.id]]);
  expect(feed.pages.length).toBeGreaterThan(before);
  await feed.stop();
});

test('a feed ends with the session', async () => {
  const fritz = await signedIn(app, 'fritz', ['approver']);
  const feed = await live(follow(fritz));

  await mutated(app, 'revokeSession', { id: fritz.sessionId }, admin);
  await feed.until('the end', ({ isDone, errors, closed }) => isDone || errors !== null || closed !== null);

  await aBooking(app, byCarl);
  expect(feed.items).toEqual([]);
  await feed.stop();
});

test('the events of one approval are numbered in the order of the feed', async () => {
  const approval = await aBooking(app, byCarl, { requiresElevated: true });
  await decide(approval, anna);
  await decide(approval, bert);
  await app.system.sequencer.run();

  const rows = await rowsOf(app, sql`select seq::int, action from approval_events where approval_id = ${approval.id} order by position`);

  expect(rows).toEqual([
    { seq: 1, action: 'REQUESTED' },
    { seq: 2, action: 'PARTLY_APPROVED' },
    { seq: 3, action: 'APPROVED' },
  ]);
});
