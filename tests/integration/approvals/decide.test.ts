import { expect, test } from 'vitest';
import { sql } from '#core/database/sql.js';
import { cancelApproval, resetApproval, RiskLevel } from '#domains/approvals/index.js';
import type { Approval } from '#domains/approvals/approval.entity.js';
import { Role } from '#domains/identity/roles/role.entity.js';
import { aBooking, anApprover, aSubject, asUser, digestOfRole, startApprovalApp } from '../../support/approvals.js';
import { rowsOf } from '../../support/changes.js';
import { data, type Auth } from '../../support/client.js';
import { aMachine } from '../../support/machine.js';
import { mutated, refused } from '../../support/mutation.js';
import { signedIn } from '../../support/users.js';

const app = await startApprovalApp();
const anna = await anApprover(app, 'anna');
const bert = await anApprover(app, 'bert');
const root = await signedIn(app, 'root', ['admin'], { isSuperuser: true });
const carl = await signedIn(app, 'carl');
const byCarl = { id: carl.id, name: 'carl' };

const state = 'status isApproved isPending isExpired approver { id } approverName approvalComment rejectionReason respondedAt answer';
const stateOf = async ({ id }: Pick<Approval, 'id'>) =>
  (await data(app.url, `query($id: ID!) { approval(id: $id) { ${state} } }`, { id }, root)).approval;
const seenBy = (auth: Auth, approval: Approval) =>
  data(app.url, 'query($id: ID!) { approval(id: $id) { canDecide } }', { id: approval.id }, auth).then((found) => found.approval);
const decide = (approval: Approval, verdict: string, auth: Auth, more: object = {}) =>
  mutated(app, 'decideApproval', { id: approval.id, verdict, digest: approval.digest, ...more }, auth, `cursor approval { ${state} }`);
const yes = (approval: Approval, auth: Auth, more: object = {}) => decide(approval, 'APPROVED', auth, more);
const refusal = async (approval: Approval, auth: Auth, more: object = {}) => {
  const before = await stored(approval);
  const input = { id: approval.id, verdict: 'APPROVED', digest: approval.digest, ...more };
  const { code, message, paths } = await refused(app, 'decideApproval', input, auth);
  expect(await stored(approval)).toEqual(before);
  return paths ? [code, message, paths] : [code, message];
};
const stored = ({ id, subjectId }: Approval) =>
  rowsOf(
    app,
    sql`select to_jsonb(a) as approval, (select json_agg(d order by d.id) from approval_decisions d where d.approval_id = a.id) as decisions,
      (select count(*) from approval_events e where e.approval_id = a.id) as events, (select to_jsonb(r) from roles r where r.id = ${subjectId}::uuid) as subject
      from approvals a where a.id = ${id}::uuid`,
  );
const noted = async ({ subjectId }: Approval): Promise<unknown> => {
  const [role] = await rowsOf<Pick<Role, 'description'>>(app, sql`select description from roles where id = ${subjectId}`);
  return JSON.parse(role!.description ?? 'null');
};

test('[cdsa-25] [cdsa-27] an approval has three values: null while it waits, true, and false; who decided stands beside who asked, with both times', async () => {
  const [waits, approved, rejected] = [await aBooking(app, byCarl), await aBooking(app, byCarl), await aBooking(app, byCarl)];
  await yes(approved, anna);
  await decide(rejected, 'REJECTED', bert, { comment: 'No room' });

  const { approvals } = await data(
    app.url,
    `query($ids: [ID!]) { approvals(filter: { id: { in: $ids } }) { nodes { id isApproved isPending requester { id } requesterName approver { id } approverName requestedAt respondedAt expiresAt } } }`,
    { ids: [waits.id, approved.id, rejected.id] },
    root,
  );

  const asked = { requester: { id: carl.id }, requesterName: 'carl', requestedAt: expect.any(String), expiresAt: expect.any(String) };
  expect(approvals.nodes).toEqual([
    { id: waits.id, isApproved: null, isPending: true, ...asked, approver: null, approverName: null, respondedAt: null },
    {
      id: approved.id,
      isApproved: true,
      isPending: false,
      ...asked,
      approver: { id: anna.id },
      approverName: 'anna',
      respondedAt: expect.any(String),
    },
    {
      id: rejected.id,
      isApproved: false,
      isPending: false,
      ...asked,
      approver: { id: bert.id },
      approverName: 'bert',
      respondedAt: expect.any(String),
    },
  ]);
  for (const { requestedAt, respondedAt, expiresAt } of approvals.nodes) {
    expect(Date.parse(expiresAt) - Date.parse(requestedAt)).toBe(86_400_000);
    if (respondedAt) expect(Date.parse(respondedAt)).toBeGreaterThanOrEqual(Date.parse(requestedAt));
  }
});

test('[cdsa-26] comments, reasons, the assessment of the risk and whether two have to agree are kept', async () => {
  const values = { riskAssessment: { blast: ['rack 4'] }, requiresElevated: true, justification: 'Needed tonight' };
  const approval = await aBooking(app, byCarl, values);
  await yes(approval, anna, { comment: '  Fine with me ' });
  await decide(approval, 'REJECTED', bert, { comment: 'Not tonight' });

  const { approval: kept } = await data(
    app.url,
    `query($id: ID!) { approval(id: $id) { approvalComment rejectionReason riskAssessment requiresElevatedApproval requiredDecisions justification
      decisions { nodes { verdict comment approverName digest } } } }`,
    { id: approval.id },
    root,
  );

  expect(kept).toEqual({
    approvalComment: 'Fine with me',
    rejectionReason: 'Not tonight',
    riskAssessment: { blast: ['rack 4'] },
    requiresElevatedApproval: true,
    requiredDecisions: 2,
    justification: 'Needed tonight',
    decisions: {
      nodes: [
        { verdict: 'APPROVED', comment: 'Fine with me', approverName: 'anna', digest: approval.digest },
        { verdict: 'REJECTED', comment: 'Not tonight', approverName: 'bert', digest: approval.digest },
      ],
    },
  });
});

test('what follows is carried out in the transaction of the decision, with what was said', async () => {
  const approval = await aBooking(app, byCarl);

  await yes(approval, anna, { comment: 'Fine' });

  expect(await noted(approval)).toEqual({ status: 'APPROVED', by: 'anna', isApproved: true, comment: 'Fine', answer: null });
});

test('nobody decides on what they asked for, not even a superuser', async () => {
  const own = await aBooking(app, { id: root.id, name: 'root' });
  const annas = await aBooking(app, { id: anna.id, name: 'anna' });

  expect(await refusal(own, root)).toEqual(['FORBIDDEN', 'Nobody decides on what they asked for themselves']);
  expect(await refusal(annas, anna)).toEqual(['FORBIDDEN', 'Nobody decides on what they asked for themselves']);
  expect([await seenBy(root, own), await seenBy(anna, annas)]).toEqual([{ canDecide: false }, { canDecide: false }]);
  expect((await yes(own, anna)).approval.status).toBe('APPROVED');
});

test('a decision takes the permission of the kind; who may not see the approval is told that there is none', async () => {
  const approval = await aBooking(app, byCarl);
  const reader = await signedIn(app, 'reader', ['approver']);
  const nobody = await signedIn(app, 'nobody');

  expect(await refusal(approval, reader)).toEqual(['FORBIDDEN', 'This needs the permission booking:approve']);
  expect(await refusal(approval, carl)).toEqual(['FORBIDDEN', 'This needs the permission booking:approve']);
  expect(await refusal(approval, nobody)).toEqual(['NOT_FOUND', `Approval ${approval.id} was not found`]);
  expect(await seenBy(reader, approval)).toEqual({ canDecide: false });
  expect(await seenBy(nobody, approval)).toBeNull();
  expect(await seenBy(anna, approval)).toEqual({ canDecide: true });
});

test('people decide: an API token may not, whatever its scopes', async () => {
  const approval = await aBooking(app, byCarl);
  const machine = await aMachine(app, root, ['approval:read', 'booking:approve']);

  expect(await refusal(approval, machine)).toEqual(['FORBIDDEN', 'This takes a person who is signed in: no API token may do it']);
  expect(await seenBy(machine, approval)).toEqual({ canDecide: false });
});

test('a rejection says why', async () => {
  const approval = await aBooking(app, byCarl);

  for (const comment of [undefined, null, '', '  \n '])
    expect(await refusal(approval, anna, { verdict: 'REJECTED', comment })).toEqual([
      'BAD_USER_INPUT',
      'Say why it is rejected',
      ['input.comment'],
    ]);
});

test('what was decided stays so: who comes later is told who decided', async () => {
  const approval = await aBooking(app, byCarl);
  await yes(approval, anna);

  expect(await refusal(approval, bert)).toEqual(['CONFLICT', 'anna has approved it already']);
  expect(await refusal(approval, bert, { verdict: 'REJECTED', comment: 'No' })).toEqual(['CONFLICT', 'anna has approved it already']);
  expect(await refusal(approval, anna)).toEqual(['CONFLICT', 'anna has approved it already']);
});

test('the database refuses to change a final state and to change or delete a decision', async () => {
  const approval = await aBooking(app, byCarl);
  await yes(approval, anna);
  const { id } = approval;

  for (const statement of [
    sql`update approvals set status = 'PENDING' where id = ${id}`,
    sql`update approvals set digest = 'x' where id = ${id}`,
    sql`update approval_decisions set verdict = 'REJECTED' where approval_id = ${id}`,
    sql`update approval_decisions set approver_id = null, comment = 'x' where approval_id = ${id}`,
    sql`delete from approval_decisions where approval_id = ${id}`,
    sql`delete from approvals where id = ${id}`,
  ])
    await expect(rowsOf(app, statement)).rejects.toThrow(/final|never changed|foreign key/);
});

test('approved is what was seen: another digest is refused, and so is a subject that has changed or is gone', async () => {
  const subject = await aSubject(app);
  const approval = await aBooking(app, byCarl, { subjectId: subject.id, subjectName: subject.name, digest: digestOfRole(subject.name) });

  expect(await refusal(approval, anna, { digest: digestOfRole('another') })).toEqual([
    'CONFLICT',
    `This is not what waits to be approved: read ${subject.name} again`,
    ['input.digest'],
  ]);
  await rowsOf(app, sql`update roles set name = 'changed' where id = ${subject.id}`);
  expect(await refusal(approval, anna)).toEqual(['PRECONDITION_FAILED', `${subject.name} has changed since its approval was asked for`]);
  await rowsOf(app, sql`delete from roles where id = ${subject.id}`);
  expect(await refusal(approval, anna)).toEqual(['PRECONDITION_FAILED', `${subject.name} is gone`]);
});

test('a subject that changes asks anew, and what waited for the old one cannot be decided any more', async () => {
  const subject = await aSubject(app);
  const request = { kind: 'BOOKING', riskLevel: 'LOW', subjectId: subject.id, subjectName: 'new', digest: digestOfRole('new') } as const;
  const old = await aBooking(app, byCarl, { ...request, subjectName: subject.name, digest: digestOfRole(subject.name) });

  const fresh = await asUser(app, byCarl, async (context) => {
    (await context.em.findOneOrFail(Role, { id: subject.id })).name = 'new';
    return resetApproval(context, request, 'The booking has changed');
  });

  expect(await refusal(old, anna)).toEqual(['PRECONDITION_FAILED', 'It was cancelled: The booking has changed']);
  // The subject goes on waiting.
  expect(await noted(old)).toBeNull();
  expect(await yes(fresh, anna)).toMatchObject({ approval: { status: 'APPROVED' } });
});

test('what Signalbox asks anew in the place of a request is decided by nobody who made that', async () => {
  const subject = await aSubject(app);
  const request = { kind: 'BOOKING', riskLevel: 'LOW', subjectId: subject.id, subjectName: subject.name } as const;
  await aBooking(app, { id: anna.id, name: 'anna' }, { ...request, digest: digestOfRole(subject.name) });

  const fresh = await asUser(app, null, (context) =>
    resetApproval(context, { ...request, digest: digestOfRole(subject.name) }, 'It was found changed'),
  );

  expect(await refusal(fresh, anna)).toEqual(['FORBIDDEN', 'Nobody decides on what they asked for themselves']);
  expect(await yes(fresh, bert)).toMatchObject({ approval: { status: 'APPROVED' } });
});

test('of a kind and a subject one waits at a time; another may once that one is over', async () => {
  const first = await aBooking(app, byCarl);
  const { subjectId, subjectName, digest } = first;
  const again = () => aBooking(app, byCarl, { subjectId, subjectName, digest });

  await expect(again()).rejects.toMatchObject({ code: 'CONFLICT', details: { approvalId: first.id } });
  await decide(first, 'REJECTED', anna, { comment: 'No' });
  const second = await again();

  expect(second.id).not.toBe(first.id);
  expect(await stateOf(first)).toMatchObject({ status: 'REJECTED' });
});

test('what is cancelled says why, tells its domain, and cannot be cancelled or decided again', async () => {
  const approval = await aBooking(app, byCarl);
  const cancel = () => asUser(app, byCarl, (context) => cancelApproval(context, approval, 'Not needed'));

  expect(await cancel()).toBe(true);

  expect(await stateOf(approval)).toMatchObject({ status: 'CANCELLED', isApproved: null, isPending: false, rejectionReason: 'Not needed' });
  expect(await noted(approval)).toMatchObject({ status: 'CANCELLED', by: 'carl', isApproved: false, comment: 'Not needed' });
  expect(await cancel()).toBe(false);
  expect(await refusal(approval, anna)).toEqual(['PRECONDITION_FAILED', 'It was cancelled: Not needed']);
});

test('[cdsa-55] risk decides how many have to agree: critical takes two different approvers, and one no is enough', async () => {
  const needed = [];
  const levels = Object.keys(RiskLevel.values) as RiskLevel[];
  for (const riskLevel of levels) needed.push([riskLevel, (await aBooking(app, byCarl, { riskLevel })).requiredDecisions]);
  expect(needed).toEqual([
    ['LOW', 1],
    ['MEDIUM', 1],
    ['HIGH', 1],
    ['CRITICAL', 2],
  ]);
  const approval = await aBooking(app, byCarl, { riskLevel: 'CRITICAL' });

  expect((await yes(approval, anna)).approval).toMatchObject({
    status: 'PENDING',
    isApproved: null,
    approverName: 'anna',
    respondedAt: null,
  });
  expect(await noted(approval)).toBeNull();
  expect(await refusal(approval, anna)).toEqual(['CONFLICT', 'You have decided on it already: somebody else has to agree too']);
  expect([await seenBy(anna, approval), await seenBy(bert, approval)]).toEqual([{ canDecide: false }, { canDecide: true }]);
  expect((await yes(approval, bert)).approval).toMatchObject({ status: 'APPROVED', isApproved: true, approverName: 'bert' });
  expect(await noted(approval)).toMatchObject({ status: 'APPROVED', by: 'bert' });
});

test('what is asked has to be answered as its schema has it, and who agrees second agrees with the same answer', async () => {
  const answerSchema = { type: 'object', properties: { port: { type: 'integer' } }, required: ['port'], additionalProperties: false };
  const approval = await aBooking(app, byCarl, { question: 'Which port?', answerSchema, requiresElevated: true });

  expect(await refusal(approval, anna)).toEqual(['BAD_USER_INPUT', 'Answer what was asked, as the answer schema has it', ['input.answer']]);
  expect(await refusal(approval, anna, { answer: { port: 'x', more: 1 } })).toMatchObject([
    'BAD_USER_INPUT',
    expect.stringContaining('input.answer.port must be integer'),
    ['input.answer.more', 'input.answer.port'],
  ]);
  await yes(approval, anna, { answer: { port: 7 } });
  expect(await refusal(approval, bert, { answer: { port: 8 } })).toEqual([
    'CONFLICT',
    'Somebody agreed with another answer: agree with that, or reject',
    ['input.answer'],
  ]);
  expect((await yes(approval, bert)).approval).toMatchObject({ status: 'APPROVED', answer: { port: 7 } });
  expect(await noted(approval)).toMatchObject({ answer: { port: 7 } });
});

test('nothing is answered that was not asked, and a rejection answers nothing', async () => {
  const approval = await aBooking(app, byCarl);

  expect(await refusal(approval, anna, { answer: 1 })).toEqual([
    'BAD_USER_INPUT',
    'Nothing was asked: leave the answer out',
    ['input.answer'],
  ]);
  expect(await refusal(approval, anna, { verdict: 'REJECTED', comment: 'No', answer: 1 })).toEqual([
    'BAD_USER_INPUT',
    'A rejection takes no answer',
    ['input.answer'],
  ]);
  await expect(aBooking(app, byCarl, { answerSchema: { type: 'nothing' } })).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
});

test('a decision is one entry of the audit trail, with what changed and what it was about', async () => {
  const approval = await aBooking(app, byCarl, { riskLevel: 'HIGH' });
  await yes(approval, anna);

  const { auditEntries } = await data(
    app.url,
    'query($id: ID) { auditEntries(filter: { targetId: { eq: $id } }) { nodes { action severity actorUsername targetType details changes } } }',
    { id: approval.id },
    root,
  );

  expect(auditEntries.nodes).toMatchObject([
    { action: 'approvals.approval.requested', severity: 'MEDIUM', actorUsername: 'carl', targetType: 'Approval' },
    {
      action: 'approvals.approval.approved',
      severity: 'MEDIUM',
      actorUsername: 'anna',
      details: { kind: 'BOOKING', subjectType: 'Role', subjectId: approval.subjectId },
      changes: { before: { status: 'PENDING' }, after: { status: 'APPROVED' } },
    },
  ]);
});

test('decisions outlive their subject and all who took part, with their names', async () => {
  const [requester, approver] = [await signedIn(app, 'guest'), await anApprover(app, 'host')];
  const approval = await aBooking(app, { id: requester.id, name: 'guest' });
  await yes(approval, approver, { comment: 'Welcome' });

  await rowsOf(app, sql`delete from roles where id = ${approval.subjectId}`);
  for (const [id, username] of [
    [requester.id, 'guest'],
    [approver.id, 'host'],
  ])
    await mutated(app, 'deleteUser', { id, username }, root);

  const { approval: kept } = await data(
    app.url,
    `query($id: ID!) { approval(id: $id) { status subject { id } subjectName requester { id } requesterName approver { id } approverName
      decisions { nodes { verdict comment approver { id } approverName } } } }`,
    { id: approval.id },
    root,
  );
  expect(kept).toEqual({
    status: 'APPROVED',
    subject: null,
    subjectName: approval.subjectName,
    requester: null,
    requesterName: 'guest',
    approver: null,
    approverName: 'host',
    decisions: { nodes: [{ verdict: 'APPROVED', comment: 'Welcome', approver: null, approverName: 'host' }] },
  });
});
