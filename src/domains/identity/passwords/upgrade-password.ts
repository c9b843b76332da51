import { executeSql, sql } from '#core/database/sql.js';
import type { WriteContext } from '#core/feed/write.js';
import { isLegacyHash } from './legacy-hash.js';
import { rehashPassword } from './password.js';
import type { User } from '../users/user.entity.js';

/** Stores an Argon2id hash of a password that has just fitted a hash of another system; any other hash stays. */
export async function upgradePassword(context: WriteContext, user: User, password: string): Promise<void> {
  const { passwordHash } = user;
  if (passwordHash === null || !isLegacyHash(passwordHash)) return;
  const fresh = await rehashPassword(password);
  // Not through the entity: two sign-ins at once are no conflict, and a password that was changed meanwhile stays.
  await executeSql(context.em, sql`update users set password_hash = ${fresh} where id = ${user.id} and password_hash = ${passwordHash}`);
  context.record('identity.user.passwordUpgraded', user, { by: { id: user.id, name: user.username } });
}
