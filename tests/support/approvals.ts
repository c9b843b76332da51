import { createHash } from 'node:crypto';
import { LockMode } from '@mikro-orm/core';
import { declarationOf } from '#core/database/declare/registry.js';
import { newId } from '#core/database/id.js';
import { ownOrigin } from '#core/feed/origin.js';
import { write, type WriteContext } from '#core/feed/write.js';
import {
  approvalKind,
  requestApproval,
  type ApprovalKindDeclaration,
  type ApprovalRequest,
  type Verdict,
} from '#domains/approvals/index.js';
import { Approval } from '#domains/approvals/approval.entity.js';
import { approvals } from '#domains/approvals/domain.js';
import { AdminRole } from '#domains/identity/administrators/admin-role.entity.js';
import { Permission } from '#domains/identity/roles/permission.entity.js';
import { Role } from '#domains/identity/roles/role.entity.js';
import { User } from '#domains/identity/users/user.entity.js';
import { approvalKinds, domains } from '../../src/domains.js';
import { composeGraph } from '../../src/graph.js';
import { startTestApp, type TestApp } from './app.js';
import type { Auth } from './client.js';
import { aRole } from './roles.js';
import { signedIn } from './users.js';

const digest = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The digest of what is seen of a role. */
export const digestOfRole = (name: string): string => digest(name);

const note = ({ status }: Approval, { by, isApproved, comment, answer }: Verdict): string =>
  JSON.stringify({ status, by: by.name, isApproved, comment, answer });

/** A role stands in for a booking: what is seen of it is its name, and what was decided stands in its description. */
export const bookings: ApprovalKindDeclaration = approvalKind({
  kind: 'BOOKING',
  permission: 'booking:approve',
  expiresAfterMs: 86_400_000,
  subject: Role,
  async digestOf(em, id) {
    const role = await em.findOne(Role, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true });
    return role && digestOfRole(role.name);
  },
  async decided({ em }, approval, verdict) {
    const role = await em.findOne(Role, { id: approval.subjectId });
    if (role) role.description = note(approval, verdict);
  },
});

/** A user stands in for a topology: not everybody sees it. */
const topologies: ApprovalKindDeclaration = approvalKind({
  kind: 'TOPOLOGY',
  permission: 'topology:approve',
  expiresAfterMs: null,
  subject: User,
  async digestOf(em, id) {
    const user = await em.findOne(User, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true });
    return user && digest(user.username);
  },
  async decided({ em }, approval, verdict) {
    const user = await em.findOne(User, { id: approval.subjectId });
    if (user) user.metadata = { note: note(approval, verdict) };
  },
});

const others = domains.filter(({ name }) => name !== 'approvals');

/** The domains, with the kinds of the tests. */
export const approvalGraph = composeGraph([...others, approvals([...approvalKinds, bookings, topologies])]);

/** Processes on one database share their key. */
const shared = { ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64'), TOOLKIT_STORAGE_DIR: '/nowhere' };

/** Starts a Signalbox that knows the kinds of the tests and their permissions. */
export async function startApprovalApp(settings: Record<string, string> = {}): Promise<TestApp> {
  const app = await startTestApp({ ROLE: 'api', ...shared, ...settings }, approvalGraph);
  const em = app.system.database.fork();
  for (const name of ['booking:approve', 'topology:approve']) {
    if ((await em.count(Permission, { name })) > 0) continue;
    const [resource, action] = name.split(':') as [string, string];
    em.persist(Object.assign(new Permission(), { id: newId(declarationOf(Permission).type), name, resource, action }));
  }
  await em.flush();
  return app;
}

/** Somebody who may decide on bookings, within limits if any are given. */
export async function anApprover(app: TestApp, username: string, approvalLimits: object | null = null): Promise<Auth & { id: string }> {
  const em = app.system.database.fork();
  const slug = 'booking-approver';
  if ((await em.count(Role, { slug })) === 0) await aRole(app, slug, ['booking:approve']);
  const user = await signedIn(app, username, [slug]);
  if (approvalLimits) await limit(app, user.id, approvalLimits);
  return user;
}

/** Sets the limits of an approver. */
export async function limit(app: TestApp, userId: string, approvalLimits: object): Promise<void> {
  const em = app.system.database.fork();
  const role =
    (await em.findOne(AdminRole, { user: userId })) ?? Object.assign(new AdminRole(), { id: newId(declarationOf(AdminRole).type) });
  role.user = em.getReference(User, userId, { wrapped: true }) as never;
  role.approvalLimits = approvalLimits;
  await em.persist(role).flush();
}

/** What a user does within a transaction. */
export async function asUser<Result>(
  app: TestApp,
  user: { id: string; name: string } | null,
  work: (context: WriteContext) => Promise<Result>,
): Promise<Result> {
  const actor = user && { kind: 'user' as const, isSuperuser: false, roles: [], permissions: new Set<string>(), sessionId: null, ...user };
  const { result } = await write(app.system, actor ? { ...ownOrigin, actor } : ownOrigin, work);
  return result;
}

let made = 0;

/** A role that can be approved. */
export async function aSubject(app: TestApp, name = `subject ${(made += 1)}`): Promise<Role> {
  const em = app.system.database.fork();
  const role = Object.assign(new Role(), { id: newId(declarationOf(Role).type), slug: `subject-${newId(1)}`, name });
  await em.persist(role).flush();
  return role;
}

/** A booking that waits, asked for by a user, or by Signalbox itself. */
export async function aBooking(
  app: TestApp,
  by: { id: string; name: string } | null = null,
  values: Partial<ApprovalRequest> = {},
): Promise<Approval> {
  const role = values.subjectId ? null : await aSubject(app);
  const request = {
    kind: 'BOOKING',
    riskLevel: 'LOW',
    ...(role && { subjectId: role.id, subjectName: role.name, digest: digestOfRole(role.name) }),
  };
  return asUser(app, by, (context) => requestApproval(context, { ...request, ...values } as ApprovalRequest));
}
