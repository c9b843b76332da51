import { executeSql, sql } from '#core/database/sql.js';
import type { Command } from '../console/command.js';
import { openInstallation } from '../console/installation.js';
import { table } from '../console/table.js';

interface UserRow {
  username: string;
  email: string | null;
  isActive: boolean;
  isSuperuser: boolean;
  hasPassword: boolean;
  roles: string[];
  lastLoginAt: Date | null;
}

/** Lists the users of the installation. */
export const listUsers: Command = {
  name: 'user list',
  summary: 'Lists the users',
  async run(call) {
    const database = await openInstallation(call);
    const users = await executeSql<UserRow>(
      database.fork(),
      sql`
      select username, email, is_active as "isActive", is_superuser as "isSuperuser", password_hash is not null as "hasPassword", last_login_at as "lastLoginAt",
        array(select r.slug from role_assignments a join roles r on r.id = a.role_id where a.user_id = u.id order by 1) as roles
      from users u order by username`,
    );
    const yes = (value: boolean): string => (value ? 'yes' : 'no');
    const rows = users.map((user) => [
      user.username,
      user.email,
      yes(user.isActive),
      yes(user.isSuperuser),
      yes(user.hasPassword),
      user.roles.join(',') || null,
      user.lastLoginAt && new Date(user.lastLoginAt).toISOString(),
    ]);
    call.answer(users, table(['name', 'email', 'active', 'superuser', 'password', 'roles', 'last sign-in'], rows));
  },
};
