import type { Database } from '#core/database/open-database.js';
import { User } from '../users/user.entity.js';

/** Whether a user has a password here. */
export const hasPassword = async (database: Pick<Database, 'fork'>, id: string): Promise<boolean> =>
  (await database.fork().count(User, { id, passwordHash: { $ne: null } })) > 0;
