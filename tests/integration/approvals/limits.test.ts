import { expect, test } from 'vitest';
import { sql } from '#core/database/sql.js';
import type { Approval } from '#domains/approvals/approval.entity.js';
import { aBooking, anApprover, limit, startApprovalApp } from '../../support/approvals.js';
import { rowsOf } from '../../support/changes.js';
import { data, type Auth } from '../../support/client.js';
import { mutated, refused } from '../../support/mutation.js';
import { setTo } from '../../support/settings.js';
import { signedIn } from '../../support/users.js';

const app = await startApprovalApp();
const root = await signedIn(app, 'root', ['admin'], { isSuperuser: true });
const input = ({ id, digest }: Approval) => ({ id, digest, verdict: 'APPROVED' });
const yes = (approval: Approval, auth: Auth) => mutated(app, 'decideApproval', input(approval), auth, 'approval { status }');
const refusal = async (approval: Approval, auth: Auth) => {
  const { code, message } = await refused(app, 'decideApproval', input(approval), auth);
  expect(await rowsOf(app, sql`select 1 from approval_decisions where approval_id = ${approval.id}`)).toEqual([]);
  return [code, message];
};
const canDecide = async ({ id }: Approval, auth: Auth): Promise<boolean> =>
  (await data(app.url, 'query($id: ID!) { approval(id: $id) { canDecide } }', { id }, auth)).approval.canDecide;

test('an approver decides up to the highest risk of their limits', async () => {
  const anna = await anApprover(app, 'anna', { highestRisk: 'MEDIUM' });
  const [medium, high] = [await aBooking(app, null, { riskLevel: 'MEDIUM' }), await aBooking(app, null, { riskLevel: 'HIGH' })];

  expect([await canDecide(medium, anna), await canDecide(high, anna)]).toEqual([true, false]);
  expect(await refusal(high, anna)).toEqual([
    'FORBIDDEN',
    'This is beyond your limits as an approver: you may decide up to the risk MEDIUM, and this is HIGH',
  ]);
  expect(await yes(medium, anna)).toEqual({ approval: { status: 'APPROVED' } });
});

test('an approver decides on the kinds of their limits', async () => {
  const bert = await anApprover(app, 'bert', { kinds: ['MODULE'] });
  const approval = await aBooking(app);

  expect(await canDecide(approval, bert)).toBe(false);
  expect(await refusal(approval, bert)).toEqual([
    'FORBIDDEN',
    'This is beyond your limits as an approver: you may decide on MODULE, and this is BOOKING',
  ]);
});

test('an approver takes as many decisions within a day as their limits say, rejections included', async () => {
  const carl = await anApprover(app, 'carl', { perDay: 2 });
  const [first, second, third] = [await aBooking(app), await aBooking(app), await aBooking(app)];
  await yes(first, carl);
  await mutated(app, 'decideApproval', { ...input(second), verdict: 'REJECTED', comment: 'No' }, carl);

  expect(await canDecide(third, carl)).toBe(false);
  expect(await refusal(third, carl)).toEqual([
    'FORBIDDEN',
    'This is beyond your limits as an approver: you may take 2 decisions within a day',
  ]);
  await limit(app, carl.id, { perDay: 3 });
  expect(await yes(third, carl)).toEqual({ approval: { status: 'APPROVED' } });
});

test('limits hold for superusers too, and only while the admin role is active', async () => {
  const boss = await signedIn(app, 'boss', [], { isSuperuser: true });
  await limit(app, boss.id, { perDay: 0 });
  const approval = await aBooking(app);

  expect((await refusal(approval, boss))[0]).toBe('FORBIDDEN');
  await rowsOf(app, sql`update admin_roles set status = 'SUSPENDED' where user_id = ${boss.id}`);
  expect(await yes(approval, boss)).toEqual({ approval: { status: 'APPROVED' } });
});

test('who has lost the permission a moment ago decides no more', async () => {
  const dora = await anApprover(app, 'dora');
  const approval = await aBooking(app);
  expect(await canDecide(approval, dora)).toBe(true);

  // Behind the back of what the process knows of her.
  await rowsOf(app, sql`delete from role_assignments where user_id = ${dora.id}`);

  expect(await refusal(approval, dora)).toEqual(['NOT_FOUND', `Approval ${approval.id} was not found`]);
});

test('how many have to agree, and how long it waits, follows the policy by risk and the setting by kind', async () => {
  const rule = { requiredDecisions: 1, expireAfterHours: null };
  await setTo(
    app,
    'approvals.riskPolicy',
    { LOW: rule, MEDIUM: { requiredDecisions: 3, expireAfterHours: 1 }, HIGH: rule, CRITICAL: rule },
    root,
  );
  await setTo(app, 'approvals.expireAfterHours', { BOOKING: 2 }, root);
  const waits = ({ requestedAt, expiresAt, requiredDecisions }: Approval) => [
    requiredDecisions,
    expiresAt && (expiresAt.getTime() - requestedAt.getTime()) / 60_000,
  ];

  expect(waits(await aBooking(app))).toEqual([1, 120]);
  expect(waits(await aBooking(app, null, { riskLevel: 'MEDIUM' }))).toEqual([3, 60]);
  // Critical risk takes two, whatever the setting says.
  expect(waits(await aBooking(app, null, { riskLevel: 'CRITICAL' }))).toEqual([2, 120]);
  await setTo(app, 'approvals.expireAfterHours', { BOOKING: null }, root);
  expect(waits(await aBooking(app))).toEqual([1, null]);
});
