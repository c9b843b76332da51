import { LockMode } from '@mikro-orm/core';
import { expect, test } from 'vitest';
import { sql } from '#core/database/sql.js';
import { requestApproval } from '#domains/approvals/index.js';
import { Role } from '#domains/identity/roles/role.entity.js';
import { aBooking, anApprover, aSubject, asUser, digestOfRole, limit, startApprovalApp } from '../../support/approvals.js';
import { rowsOf } from '../../support/changes.js';
import { graphql, type Answer, type Auth } from '../../support/client.js';

// Three servers on one database, as processes of their own would be: each has its own pool, bell and services.
const app = await startApprovalApp();
const apps = [app, await startApprovalApp({ DATABASE_URL: app.databaseUrl }), await startApprovalApp({ DATABASE_URL: app.databaseUrl })];
const approvers: (Auth & { id: string; name: string })[] = [];
for (let i = 0; i < 20; i++) approvers.push({ ...(await anApprover(app, `approver ${i}`)), name: `approver ${i}` });

const mutation = 'mutation($input: DecideApprovalInput!) { decideApproval(input: $input) { approval { status approverName } } }';
const decide = (i: number, input: object, auth: Auth): Promise<Answer> => graphql(apps[i % apps.length]!.url, mutation, { input }, auth);
const codes = (answers: Answer[]) => answers.flatMap(({ errors }) => errors?.map(({ extensions }) => extensions.code) ?? []);
const winners = (answers: Answer[]) => answers.filter(({ errors }) => !errors);

test('of twenty people who decide at the same instant on three servers one wins, every time, and the others learn who', async () => {
  for (let round = 0; round < 15; round++) {
    const { id, digest, subjectId } = await aBooking(app);

    const answers = await Promise.all(
      approvers.map((approver, i) =>
        decide(i, i % 2 ? { id, digest, verdict: 'APPROVED' } : { id, digest, verdict: 'REJECTED', comment: 'No' }, approver),
      ),
    );

    const [won, ...more] = winners(answers).map(({ data }) => data.decideApproval.approval);
    expect(more).toEqual([]);
    expect(codes(answers)).toEqual(Array.from({ length: 19 }, () => 'CONFLICT'));
    const told = answers.flatMap(({ errors }) => errors ?? []);
    for (const { message, extensions } of told) {
      expect(message).toBe(`${won.approverName} has ${won.status.toLowerCase()} it already`);
      expect(extensions).toMatchObject({ decidedBy: won.approverName, status: won.status });
    }
    const [stored] = await rowsOf(
      app,
      sql`select (select json_agg(d.approver_name) from approval_decisions d where d.approval_id = ${id}) as deciders,
        (select json_agg(e.action order by e.seq) from approval_events e where e.approval_id = ${id}) as events,
        (select r.description::json->>'by' from roles r where r.id = ${subjectId}) as noted`,
    );
    expect(stored).toEqual({ deciders: [won.approverName], events: ['REQUESTED', won.status], noted: won.approverName });
  }
});

test('of twenty who agree at the same instant where two are needed exactly two count', async () => {
  for (let round = 0; round < 5; round++) {
    const { id, digest } = await aBooking(app, null, { riskLevel: 'CRITICAL' });

    const answers = await Promise.all(approvers.map((approver, i) => decide(i, { id, digest, verdict: 'APPROVED' }, approver)));

    expect(winners(answers)).toHaveLength(2);
    expect(codes(answers)).toEqual(Array.from({ length: 18 }, () => 'CONFLICT'));
    const [stored] = await rowsOf(
      app,
      sql`select count(*)::int as decisions, count(distinct approver_id)::int as people from approval_decisions where approval_id = ${id}`,
    );
    expect(stored).toEqual({ decisions: 2, people: 2 });
  }
});

test('one person who agrees twice at the same instant counts once', async () => {
  const { id, digest } = await aBooking(app, null, { requiresElevated: true });

  const answers = await Promise.all(apps.map((_, i) => decide(i, { id, digest, verdict: 'APPROVED' }, approvers[0]!)));

  expect(winners(answers).map(({ data }) => data.decideApproval.approval.status)).toEqual(['PENDING']);
  expect(codes(answers)).toEqual(['CONFLICT', 'CONFLICT']);
});

test('the number of decisions within a day holds when they are all taken at the same instant', async () => {
  const approver = approvers[1]!;
  const [{ taken }] = (await rowsOf<{ taken: number }>(
    app,
    sql`select count(*)::int as taken from approval_decisions where approver_id = ${approver.id}`,
  )) as [{ taken: number }];
  await limit(app, approver.id, { perDay: taken + 3 });
  const waiting = await Promise.all(Array.from({ length: 12 }, () => aBooking(app)));

  const answers = await Promise.all(waiting.map(({ id, digest }, i) => decide(i, { id, digest, verdict: 'APPROVED' }, approver)));

  expect(winners(answers)).toHaveLength(3);
  expect(codes(answers)).toEqual(Array.from({ length: 9 }, () => 'FORBIDDEN'));
});

test('a subject that changes while it is decided on is never approved as what it was not', async () => {
  for (let round = 0; round < 10; round++) {
    const { id, digest, subjectId } = await aBooking(app);
    const change = asUser(apps[1]!, null, async ({ em }) => {
      const role = await em.findOneOrFail(Role, { id: subjectId }, { lockMode: LockMode.PESSIMISTIC_WRITE });
      role.name = 'changed';
    });
    const answer = await decide(0, { id, digest, verdict: 'APPROVED' }, approvers[2]!);
    await change;
    const [row] = await rowsOf<{ status: string; noted: string | null }>(
      app,
      sql`select a.status, r.description as noted from approvals a, roles r where a.id = ${id} and r.id = ${subjectId}`,
    );

    // Either the decision came first, or the change did and the decision was refused.
    expect([row!.status, codes([answer]).join(), row!.noted === null]).toEqual(
      answer.errors ? ['PENDING', 'PRECONDITION_FAILED', true] : ['APPROVED', '', false],
    );
  }
});

test('of several who ask for the same at the same instant one does', async () => {
  const subject = await aSubject(app);
  const request = {
    kind: 'BOOKING',
    riskLevel: 'LOW',
    subjectId: subject.id,
    subjectName: 'x',
    digest: digestOfRole(subject.name),
  } as const;

  const asked = await Promise.allSettled(apps.map((each) => asUser(each, null, (context) => requestApproval(context, request))));

  expect(asked.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  for (const each of asked) if (each.status === 'rejected') expect(each.reason).toMatchObject({ code: 'CONFLICT' });
});
