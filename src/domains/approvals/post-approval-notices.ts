import { ref } from '@mikro-orm/core';
import type { EntityManager } from '@mikro-orm/postgresql';
import { executeSql, sql } from '#core/database/sql.js';
import { declarationOf } from '#core/database/declare/registry.js';
import { newId } from '#core/database/id.js';
import type { WriteContext } from '#core/feed/write.js';
import { Settings } from '#core/settings/settings.js';
import { User } from '#domains/identity/users/user.entity.js';
import { ApprovalNotice, type NoticeOccasion } from './approval-notice.entity.js';
import { ApprovalNoticeDelivery } from './approval-notice-delivery.js';
import type { Approval } from './approval.entity.js';
import { noticeRules, type NoticeRule } from './notice.settings.js';
import { risksUpTo } from './risk-level.js';

/** Has those told of an approval whom the rules name, once the transaction is committed; never who asked for it. */
export async function postApprovalNotices(context: WriteContext, approval: Approval, occasion: NoticeOccasion): Promise<void> {
  const { em, services, now, afterCommit } = context;
  const delivery = services.get(ApprovalNoticeDelivery);
  const rules = services
    .get(Settings)
    .value(noticeRules)
    .filter((rule) => isAbout(rule, approval, occasion));
  if (!delivery.isOpen || rules.length === 0) return;
  const make = (to: Partial<ApprovalNotice>): ApprovalNotice =>
    Object.assign(new ApprovalNotice(), {
      id: newId(declarationOf(ApprovalNotice).type),
      approval: ref(approval),
      occasion,
      createdAt: now,
      nextAttemptAt: now,
      ...to,
    });
  const users = await usersOf(em, rules, approval);
  const requester = approval.requester ? await em.findOne(User, { id: approval.requester.id }) : null;
  const known = new Set([requester?.email, ...users.map(({ email }) => email)].map((email) => email?.toLowerCase()));
  const addresses = new Set(rules.flatMap((rule) => rule.addresses ?? []).map((address) => address.toLowerCase()));
  em.persist([
    ...users.map(({ id }) => make({ user: ref(em.getReference(User, id)) })),
    ...[...addresses].filter((address) => !known.has(address)).map((recipient) => make({ recipient })),
  ]);
  afterCommit(() => delivery.wake());
}

const isAbout = ({ occasions, kinds, lowestRisk }: NoticeRule, { kind, riskLevel }: Approval, occasion: NoticeOccasion): boolean =>
  (occasions?.includes(occasion) ?? true) &&
  (kinds?.includes(kind) ?? true) &&
  (lowestRisk === undefined || risksUpTo(riskLevel).includes(lowestRisk));

function usersOf(em: EntityManager, rules: readonly NoticeRule[], { requester }: Approval): Promise<{ id: string; email: string }[]> {
  const roles = rules.flatMap((rule) => rule.roles ?? []);
  const names = rules.flatMap((rule) => rule.users ?? []);
  return executeSql(
    em,
    sql`select u.id, u.email from users u where u.is_active and u.email is not null and u.id is distinct from ${requester?.id ?? null}::uuid
      and (u.username = any(${names}::text[])
        or exists (select 1 from role_assignments a join roles r on r.id = a.role_id where a.user_id = u.id and r.slug = any(${roles}::text[]))
        or exists (select 1 from admin_roles x where x.user_id = u.id and x.status = 'ACTIVE' and lower(x.role) = any(${roles}::text[])))`,
  );
}
