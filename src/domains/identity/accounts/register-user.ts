import { ref } from '@mikro-orm/core';
import { executeSql, sql } from '#core/database/sql.js';
import { declarationOf } from '#core/database/declare/registry.js';
import { newId } from '#core/database/id.js';
import { AppError } from '#core/errors/app-error.js';
import { Problems } from '#core/errors/problems.js';
import type { WriteContext } from '#core/feed/write.js';
import { Settings } from '#core/settings/settings.js';
import type { NoticeKind } from './account-notice.entity.js';
import { requireVerification, selfRegistration } from './account.settings.js';
import { checkUser } from '../users/check-user.js';
import { hashPassword } from '../passwords/password.js';
import { postNotice } from './post-notice.js';
import { registrationRoleOf } from './registration-role.js';
import { requireDelivery } from './require-delivery.js';
import { RoleAssignment } from '../roles/role-assignment.entity.js';
import { User } from '../users/user.entity.js';

const goodForMs = 24 * 3_600_000;

/** Who registers. */
export interface Registration {
  username: string;
  email: string;
  password: string;
  fullName?: string | null;
}

/** Registers somebody. What they get to know of the name and the address they are told by mail: the answer is the same if one is taken. */
export async function registerUser(context: WriteContext, { password, ...given }: Registration): Promise<void> {
  const settings = context.services.get(Settings);
  if (!settings.value(selfRegistration))
    throw new AppError('FORBIDDEN', 'Nobody registers themselves here: ask an administrator for an account');
  if (settings.value(requireVerification)) requireDelivery(context);
  const values = { ...given, email: given.email.toLowerCase() };
  const problems = new Problems();
  checkUser(values, problems);
  problems.throwIfAny();
  const passwordHash = await hashPassword(password, 'input.password');

  const { em } = context;
  // Who registers at the same time with the same waits, and then finds it taken.
  for (const taken of [values.email, values.username].sort())
    await executeSql(em, sql`select pg_advisory_xact_lock(hashtextextended(${`register ${taken}`}, 0))`);
  const [found] = await executeSql<{ is_address: boolean; is_name: boolean }>(
    em,
    sql`select exists (select 1 from users where lower(email) = ${values.email}) as is_address,
      exists (select 1 from users where username = ${values.username}) as is_name`,
  );
  const kind: NoticeKind = found!.is_address ? 'ADDRESS_TAKEN' : found!.is_name ? 'NAME_TAKEN' : 'VERIFY_EMAIL';
  const user = kind === 'VERIFY_EMAIL' ? await add(context, { ...values, passwordHash }) : null;
  const notice = await postNotice(context, { kind, recipient: values.email, user, goodForMs });
  context.record(user ? 'identity.user.registered' : 'identity.user.registrationRefused', user ?? notice);
}

async function add({ em, services }: WriteContext, values: Partial<User>): Promise<User> {
  const user = Object.assign(new User(), values, { id: newId(declarationOf(User).type), mustVerify: true });
  user.fullName ??= null;
  em.persist(user);
  const role = await registrationRoleOf(em, services);
  if (role)
    em.persist(Object.assign(new RoleAssignment(), { id: newId(declarationOf(RoleAssignment).type), user: ref(user), role: ref(role) }));
  return user;
}
