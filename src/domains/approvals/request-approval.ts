import { ref } from '@mikro-orm/core';
import { declarationOf } from '#core/database/declare/registry.js';
import { newId } from '#core/database/id.js';
import { AppError } from '#core/errors/app-error.js';
import { badInput } from '#core/errors/bad-input.js';
import { compileSchema } from '#core/errors/json-schema.js';
import type { WriteContext } from '#core/feed/write.js';
import { Settings } from '#core/settings/settings.js';
import { User } from '#domains/identity/users/user.entity.js';
import { Approval, type ApprovalKind } from './approval.entity.js';
import { ApprovalKinds } from './approval-kinds.js';
import { expireAfterHours, riskPolicy } from './approval.settings.js';
import { expireApproval } from './expire-approval.js';
import { databaseNow, lockApproval } from './lock-approval.js';
import { postApprovalNotices } from './post-approval-notices.js';
import type { RiskLevel } from './risk-level.js';
import { tellApproval } from './tell-approval.js';

const hourMs = 3_600_000;

/** What is to be approved. */
export interface ApprovalRequest {
  kind: ApprovalKind;
  subjectId: string;
  /** Name of the subject, for people; stays when the subject is gone. */
  subjectName: string;
  /** Digest of what is to be seen, as the kind's `digestOf` makes it. */
  digest: string;
  riskLevel: RiskLevel;
  justification?: string | null;
  riskAssessment?: object | null;
  /** Whether two different people have to agree, whatever the risk. */
  requiresElevated?: boolean;
  question?: string | null;
  /** JSON Schema of what an approval has to answer; nothing in it or in an answer is a secret. */
  answerSchema?: object | null;
  /** Until when it can be decided; by default as settings and the kind say. */
  expiresAt?: Date | null;
  /** What it takes the place of, when nobody in person asks: whoever asked then does not decide now either. */
  inPlaceOf?: Approval | null;
}

/** Asks for an approval on behalf of the actor, in the caller's transaction; a subject has one pending approval of a kind at most. */
export async function requestApproval(context: WriteContext, request: ApprovalRequest): Promise<Approval> {
  const { em, services } = context;
  const { kind, subjectId, subjectName, digest, riskLevel } = request;
  const subjectType = services.get(ApprovalKinds).subjectType(kind);
  if (request.answerSchema) checkSchema(request.answerSchema);
  const now = await databaseNow(em);
  await makeWay(context, kind, subjectId, now);
  const requiresElevatedApproval = request.requiresElevated === true || riskLevel === 'CRITICAL';
  const asked = services.get(Settings).value(riskPolicy)[riskLevel].requiredDecisions;
  const approval = Object.assign(new Approval(), {
    id: newId(declarationOf(Approval).type),
    kind,
    subjectType,
    subjectId,
    subjectName,
    ...requesterOf(context, request),
    riskLevel,
    riskAssessment: request.riskAssessment ?? null,
    justification: request.justification ?? null,
    digest,
    requiresElevatedApproval,
    requiredDecisions: requiresElevatedApproval ? Math.max(asked, 2) : asked,
    question: request.question ?? null,
    answerSchema: request.answerSchema ?? null,
    requestedAt: now,
    expiresAt: request.expiresAt ?? expiryOf(context, request, now),
  } satisfies Partial<Approval>);
  em.persist(approval);
  await tellApproval(context, approval, 'REQUESTED');
  await postApprovalNotices(context, approval, 'REQUESTED');
  return approval;
}

const requesterOf = ({ em, actor }: WriteContext, { inPlaceOf }: ApprovalRequest): Pick<Approval, 'requester' | 'requesterName'> =>
  actor.id === null && inPlaceOf?.requester
    ? { requester: inPlaceOf.requester, requesterName: inPlaceOf.requesterName }
    : { requester: actor.id === null ? null : ref(em.getReference(User, actor.id)), requesterName: actor.name };

/** Nothing may wait for the same already; what has expired by the clock makes way at once. */
async function makeWay(context: WriteContext, kind: ApprovalKind, subjectId: string, now: Date): Promise<void> {
  const waiting = await context.em.findOne(Approval, { kind, subjectId, status: 'PENDING' });
  if (!waiting) return;
  const held = await lockApproval(context.em, waiting.id);
  if (held?.status !== 'PENDING') return;
  if (held.expiresAt === null || held.expiresAt > now)
    throw new AppError('CONFLICT', `An approval of ${held.subjectName} waits already`, { approvalId: held.id });
  await expireApproval(context, held);
}

function expiryOf({ services }: WriteContext, { kind, riskLevel }: ApprovalRequest, now: Date): Date | null {
  const settings = services.get(Settings);
  const byKind = settings.value(expireAfterHours)[kind];
  const byRisk = settings.value(riskPolicy)[riskLevel].expireAfterHours;
  const times = [
    byKind === undefined ? services.get(ApprovalKinds).get(kind).expiresAfterMs : byKind && byKind * hourMs,
    byRisk && byRisk * hourMs,
  ].filter((ms) => ms !== null);
  return times.length > 0 ? new Date(now.getTime() + Math.min(...times)) : null;
}

function checkSchema(schema: object): void {
  try {
    compileSchema(schema);
  } catch (error) {
    throw badInput(`The answer's schema is no JSON Schema: ${(error as Error).message}`, 'input.answerSchema');
  }
}
