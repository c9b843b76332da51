import { expect, test } from 'vitest';
import { sql } from '#core/database/sql.js';
import type { Approval } from '#domains/approvals/approval.entity.js';
import { aBooking, anApprover, startApprovalApp } from '../../support/approvals.js';
import { rowsOf } from '../../support/changes.js';
import { data, signIn } from '../../support/client.js';
import { mutated, refused } from '../../support/mutation.js';
import { enqueue, jobIn } from '../../support/probe.js';
import { setTo } from '../../support/settings.js';

const app = await startApprovalApp({ ROLE: 'all' });
// Only what the tests start runs.
await rowsOf(app, sql`update job_schedules set is_enabled = false`);
const admin = await signIn(app.url);
const anna = await anApprover(app, 'anna');

const run = async (name: string) =>
  (await jobIn(app.url, (await enqueue(app.url, `upkeep.${name}`, {}, admin)).id, 'SUCCEEDED', admin)).result;
const age = ({ id }: Approval, askedHoursAgo: number, expiresInHours: number) =>
  rowsOf(
    app,
    sql`update approvals set requested_at = clock_timestamp() - make_interval(hours => ${askedHoursAgo}), expires_at = clock_timestamp() + make_interval(hours => ${expiresInHours}) where id = ${id}`,
  );
const stateOf = async ({ id }: Approval) =>
  (
    await data(
      app.url,
      'query($id: ID!) { approval(id: $id) { status isApproved isPending isExpired escalatedAt rejectionReason approverName events { nodes { action actorName } } } }',
      { id },
      admin,
    )
  ).approval;
const actions = async (approval: Approval) => (await stateOf(approval)).events.nodes.map(({ action }: { action: string }) => action);
const inQueue = async ({ id }: Approval): Promise<boolean> =>
  (await data(app.url, 'query($id: ID) { approvalQueue(filter: { id: { eq: $id } }) { totalCount } }', { id }, admin)).approvalQueue
    .totalCount === 1;

test('[cdsa-27] what has expired by the clock is refused and out of the queue before anything has noticed', async () => {
  const approval = await aBooking(app);
  expect([await inQueue(approval), (await stateOf(approval)).isPending]).toEqual([true, true]);
  await age(approval, 2, -1);

  expect(await refused(app, 'decideApproval', { id: approval.id, digest: approval.digest, verdict: 'APPROVED' }, anna)).toMatchObject({
    code: 'PRECONDITION_FAILED',
    message: 'It has expired',
  });
  expect(await stateOf(approval)).toMatchObject({ status: 'PENDING', isPending: false, isExpired: true, isApproved: null });
  expect(await inQueue(approval)).toBe(false);
  await run('expireApprovals');
});

test('what nobody decided in time is expired by Signalbox, once, and its domain is told in the same transaction', async () => {
  const [late, other, inTime] = [await aBooking(app), await aBooking(app), await aBooking(app)];
  await age(late, 2, -1);
  await age(other, 3, -2);

  expect(await run('expireApprovals')).toEqual({ approvals: 2 });
  expect(await run('expireApprovals')).toEqual({ approvals: 0 });

  expect(await stateOf(late)).toMatchObject({
    status: 'EXPIRED',
    isApproved: null,
    isExpired: true,
    rejectionReason: 'Nobody decided in time',
    approverName: null,
    events: { nodes: [{ action: 'REQUESTED' }, { action: 'EXPIRED', actorName: 'signalbox' }] },
  });
  const [role] = await rowsOf(app, sql`select description::json as noted from roles where id = ${late.subjectId}`);
  expect(role!.noted).toMatchObject({ status: 'EXPIRED', isApproved: false, by: 'signalbox' });
  expect(await stateOf(inTime)).toMatchObject({ status: 'PENDING', isPending: true });
  expect(await refused(app, 'decideApproval', { id: late.id, digest: late.digest, verdict: 'APPROVED' }, anna)).toMatchObject({
    code: 'PRECONDITION_FAILED',
    message: 'It has expired',
  });
});

test('the decisions before it outlive an expiry', async () => {
  const approval = await aBooking(app, null, { requiresElevated: true });
  await mutated(app, 'decideApproval', { id: approval.id, digest: approval.digest, verdict: 'APPROVED', comment: 'Fine' }, anna);
  await age(approval, 2, -1);

  await run('expireApprovals');

  const query = 'query($id: ID!) { approval(id: $id) { status decisions { nodes { verdict comment approverName } } } }';
  expect((await data(app.url, query, { id: approval.id }, admin)).approval).toEqual({
    status: 'EXPIRED',
    decisions: { nodes: [{ verdict: 'APPROVED', comment: 'Fine', approverName: 'anna' }] },
  });
});

test('what has expired makes way for a new request at once', async () => {
  const old = await aBooking(app);
  await age(old, 2, -1);
  const { subjectId, subjectName, digest } = old;

  const fresh = await aBooking(app, null, { subjectId, subjectName, digest });

  expect(await stateOf(old)).toMatchObject({ status: 'EXPIRED' });
  expect(await stateOf(fresh)).toMatchObject({ status: 'PENDING' });
});

test('one whose domain fails is told of in the log, and keeps no other from its expiry', async () => {
  const [broken, fine] = [await aBooking(app), await aBooking(app)];
  await age(broken, 3, -2);
  await age(fine, 2, -1);
  await rowsOf(app, sql`alter table roles add constraint no_note check (id <> ${sql.raw(`'${broken.subjectId}'`)} or description is null)`);

  const { id } = await enqueue(app.url, 'upkeep.expireApprovals', {}, admin);
  const { error } = await jobIn(app.url, id, 'FAILED', admin);

  expect(error).toContain('1 approvals could not be tended');
  expect([(await stateOf(broken)).status, (await stateOf(fine)).status]).toEqual(['PENDING', 'EXPIRED']);
  await rowsOf(app, sql`alter table roles drop constraint no_note`);
  expect(await run('expireApprovals')).toEqual({ approvals: 1 });
});

test('what has waited for its share of the time is escalated once, and goes on waiting', async () => {
  const [old, young, endless] = [await aBooking(app), await aBooking(app), await aBooking(app, null, { expiresAt: null })];
  await age(old, 5, 4);
  await age(young, 4, 5);
  await rowsOf(app, sql`update approvals set expires_at = null, requested_at = requested_at - interval '9 years' where id = ${endless.id}`);

  expect(await run('escalateApprovals')).toEqual({ approvals: 1 });
  expect(await run('escalateApprovals')).toEqual({ approvals: 0 });

  expect(await actions(old)).toEqual(['REQUESTED', 'ESCALATED']);
  expect(await stateOf(old)).toMatchObject({ status: 'PENDING', isPending: true, escalatedAt: expect.any(String) });
  expect([await actions(young), await actions(endless)]).toEqual([['REQUESTED'], ['REQUESTED']]);
  await setTo(app, 'approvals.escalateAfterShare', 1, admin);
  await age(young, 8, 1);
  expect(await run('escalateApprovals')).toEqual({ approvals: 0 });
});
