import { isDeepStrictEqual } from 'node:util';
import { ref } from '@mikro-orm/core';
import { executeSql, sql, storableJson } from '#core/database/sql.js';
import { declarationOf } from '#core/database/declare/registry.js';
import { isUuid, newId } from '#core/database/id.js';
import { AppError } from '#core/errors/app-error.js';
import { checkSchema } from '#core/errors/check-schema.js';
import { badInput } from '#core/errors/bad-input.js';
import { notFound } from '#core/errors/not-found.js';
import type { WriteContext } from '#core/feed/write.js';
import { can, type Actor } from '#core/policy/actor.js';
import { findActor } from '#domains/identity/index.js';
import { User } from '#domains/identity/users/user.entity.js';
import { Approval } from './approval.entity.js';
import { ApprovalDecision, type ApprovalVerdict } from './approval-decision.entity.js';
import { ApprovalKinds, type ApprovalKindDeclaration } from './approval-kinds.js';
import { approverLimitsOf, beyondLimits } from './approver-limits.js';
import { endApproval } from './end-approval.js';
import { databaseNow, lockApproval } from './lock-approval.js';
import { tellApproval } from './tell-approval.js';

/** What somebody decides. */
export interface Decision {
  id: string;
  verdict: ApprovalVerdict;
  /** The digest of what they saw. */
  digest: string;
  comment?: string | null;
  answer?: unknown;
}

type Approver = Actor & { id: string };

/**
 * Decides on what waits. Locks come in one order everywhere, so that nobody waits in a circle: the approver, whose decisions are
 * counted; the subject, which must not change meanwhile; the approval, of which one decision wins.
 */
export async function decideApproval(context: WriteContext, given: Decision): Promise<Approval> {
  const { em } = context;
  const approver = await approverNow(context);
  const { kind, subjectId } = await findDecidable(context, approver, given.id);
  checkGiven(given);
  await executeSql(em, sql`select pg_advisory_xact_lock(hashtextextended(${`approver ${approver.id}`}, 0))`);
  const present = await kind.digestOf(em, subjectId);
  const approval = (await lockApproval(em, given.id))!;
  const now = await databaseNow(em);
  checkOpen(approval, now);
  await checkApprover(em, approver, approval, kind);
  checkDigest(approval, given.digest, present);
  const agreed = await em.count(ApprovalDecision, { approval, verdict: 'APPROVED' });
  if (given.verdict === 'APPROVED') approval.answer = await answerOf(approval, given.answer, agreed > 0);
  const comment = given.comment?.trim() || null;
  const decision = Object.assign(new ApprovalDecision(), {
    id: newId(declarationOf(ApprovalDecision).type),
    approval: ref(approval),
    approver: ref(em.getReference(User, approver.id)),
    approverName: approver.name,
    verdict: given.verdict,
    comment,
    digest: given.digest,
    decidedAt: now,
  });
  em.persist(decision);
  approval.approver = ref(em.getReference(User, approver.id));
  approval.approverName = approver.name;
  const decided = { ...context, now };
  if (given.verdict === 'REJECTED') await endApproval(decided, approval, 'REJECTED', comment);
  else if (agreed + 1 >= approval.requiredDecisions) await endApproval(decided, approval, 'APPROVED', comment);
  else {
    approval.approvalComment = comment;
    await tellApproval(decided, approval, 'PARTLY_APPROVED');
  }
  return approval;
}

// What the request began with may be a second old.
async function approverNow({ em, actor, services }: WriteContext): Promise<Approver> {
  const now = actor.id === null ? null : await findActor(em, actor.id, services);
  if (!now) throw new AppError('UNAUTHENTICATED', 'The session is over: sign in again');
  return now as Approver;
}

async function findDecidable(
  { em, services }: WriteContext,
  approver: Approver,
  id: string,
): Promise<{ kind: ApprovalKindDeclaration; subjectId: string }> {
  const approval = isUuid(id) ? await em.findOne(Approval, { id }) : null;
  if (!approval) throw notFound(`Approval ${id}`);
  const kind = services.get(ApprovalKinds).find(approval.kind);
  if (kind && can(approver, kind.permission)) return { kind, subjectId: approval.subjectId };
  const isSeen =
    can(approver, 'approval:read') ||
    approval.requester?.id === approver.id ||
    (await em.count(ApprovalDecision, { approval, approver: approver.id })) > 0;
  if (!isSeen) throw notFound(`Approval ${id}`);
  if (kind) throw new AppError('FORBIDDEN', `This needs the permission ${kind.permission}`);
  throw new AppError('PRECONDITION_FAILED', `Nothing here decides on ${approval.kind} any more`);
}

function checkGiven({ verdict, comment, answer }: Decision): void {
  if (verdict !== 'REJECTED') return;
  if (!comment?.trim()) throw badInput('Say why it is rejected', 'input.comment');
  if (answer != null) throw badInput('A rejection takes no answer', 'input.answer');
}

function checkOpen({ status, approverName, expiresAt, rejectionReason }: Approval, now: Date): void {
  if (status === 'APPROVED' || status === 'REJECTED')
    throw new AppError('CONFLICT', `${approverName} has ${status.toLowerCase()} it already`, { status, decidedBy: approverName });
  if (status === 'CANCELLED') throw new AppError('PRECONDITION_FAILED', `It was cancelled: ${rejectionReason}`, { status });
  if (status === 'EXPIRED' || (expiresAt !== null && expiresAt <= now))
    throw new AppError('PRECONDITION_FAILED', 'It has expired', { status: 'EXPIRED' });
}

async function checkApprover(em: WriteContext['em'], { id }: Approver, approval: Approval, kind: ApprovalKindDeclaration): Promise<void> {
  if (approval.requester?.id === id) throw new AppError('FORBIDDEN', 'Nobody decides on what they asked for themselves');
  if (await kind.isWorkOf?.(em, approval.subjectId, id)) throw new AppError('FORBIDDEN', 'Nobody decides on what they made themselves');
  if ((await em.count(ApprovalDecision, { approval, approver: id })) > 0)
    throw new AppError('CONFLICT', 'You have decided on it already: somebody else has to agree too');
  const beyond = beyondLimits(await approverLimitsOf(em, id), approval);
  if (beyond) throw new AppError('FORBIDDEN', `This is beyond your limits as an approver: ${beyond}`);
}

function checkDigest({ digest, subjectName }: Approval, seen: string, present: string | null): void {
  if (present === null) throw new AppError('PRECONDITION_FAILED', `${subjectName} is gone`, { reason: 'SUBJECT_GONE' });
  if (present !== digest)
    throw new AppError('PRECONDITION_FAILED', `${subjectName} has changed since its approval was asked for`, { reason: 'SUBJECT_CHANGED' });
  if (seen !== digest)
    throw new AppError('CONFLICT', `This is not what waits to be approved: read ${subjectName} again`, {
      reason: 'OTHER_DIGEST',
      paths: ['input.digest'],
    });
}

async function answerOf({ answerSchema, answer: earlier }: Approval, given: unknown, isRepeated: boolean): Promise<unknown> {
  if (answerSchema === null) {
    if (given != null) throw badInput('Nothing was asked: leave the answer out', 'input.answer');
    return null;
  }
  if (given == null) {
    if (isRepeated) return earlier;
    throw badInput('Answer what was asked, as the answer schema has it', 'input.answer');
  }
  const misfits = await checkSchema({ schema: answerSchema, value: given, at: 'input.answer' });
  if (misfits.length > 0)
    throw badInput(
      `The answer does not fit: ${misfits.map(({ path, message }) => `${path} ${message}`).join('; ')}`,
      ...new Set(misfits.map(({ path }) => path)),
    );
  const answer = JSON.parse(storableJson(given)) as unknown;
  if (isRepeated && !isDeepStrictEqual(answer, earlier))
    throw new AppError('CONFLICT', 'Somebody agreed with another answer: agree with that, or reject', { paths: ['input.answer'] });
  return answer;
}
