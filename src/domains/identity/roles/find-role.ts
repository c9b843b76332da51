import { LockMode } from '@mikro-orm/core';
import { isUuid } from '#core/database/id.js';
import { notFound } from '#core/errors/not-found.js';
import type { WriteContext } from '#core/feed/write.js';
import { Role } from './role.entity.js';

/** Finds a role to change, and locks it. */
export async function findRole({ em }: WriteContext, id: string): Promise<Role> {
  const role = isUuid(id) ? await em.findOne(Role, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE }) : null;
  if (!role) throw notFound(`Role ${id}`);
  return role;
}
