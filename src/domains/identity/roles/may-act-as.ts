import { executeSql, sql } from '#core/database/sql.js';
import type { WriteContext } from '#core/feed/write.js';
import type { Actor } from '#core/policy/actor.js';
import { heldPermissions } from './held-permissions.js';
import { mayGive } from './may-give.js';
import type { User } from '../users/user.entity.js';

/** Refuses to give an actor a way in as a user who may do what the actor may not. */
export async function mayActAs({ em }: WriteContext, actor: Actor, user: User): Promise<void> {
  if (actor.isSuperuser) return;
  const held = await executeSql<{ name: string }>(em, sql`select distinct p.name from ${heldPermissions} where a.user_id = ${user.id}`);
  mayGive(
    actor,
    held.map(({ name }) => name),
  );
}
