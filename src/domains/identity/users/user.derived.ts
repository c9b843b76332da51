import { sql, type Sql } from '#core/database/sql.js';
import { derived } from '#core/graph/derived.js';
import { heldPermissions as held } from '../roles/held-permissions.js';
import { User } from './user.entity.js';

const hasRole = (role: unknown): Sql =>
  sql`exists (select 1 from role_assignments a join roles r on r.id = a.role_id where a.user_id = u.id and r.slug = ${role})`;

/** What a user may do, from all of their roles. */
export const userDerived = [
  derived({
    of: User,
    name: 'permissions',
    kind: 'string',
    list: true,
    description:
      'Names of the permissions that the roles of the user hold, and an active admin role, in alphabetical order; a superuser passes without them',
    async load(reader, ids) {
      const rows = await reader.rows(sql`
        select u.id, (select json_agg(distinct p.name order by p.name) from ${held} where a.user_id = u.id) from unnest(${ids}::uuid[]) u(id)`);
      return new Map(rows.map(([id, names]) => [id!, JSON.parse(names ?? '[]') as string[]]));
    },
  }),
  derived({
    of: User,
    name: 'hasPermission',
    kind: 'boolean',
    description: 'Whether the user may do this: a role of theirs or an active admin role holds the permission, or they are a superuser',
    args: {
      resource: { kind: 'string', description: 'What is acted upon, such as job' },
      action: { kind: 'string', description: 'What may be done, such as cancel' },
    },
    async load(reader, ids, { resource, action }) {
      const rows = await reader.rows(sql`
        select u.id from users u where u.id = any(${ids}::uuid[]) and (u.is_superuser or exists (
          select 1 from ${held} where a.user_id = u.id and p.resource = ${resource} and p.action = ${action}))`);
      return has(rows, ids);
    },
  }),
  derived({
    of: User,
    name: 'hasRole',
    kind: 'boolean',
    description: 'Whether the user has this role; being a superuser is none, nor is an admin role',
    args: { slug: { kind: 'string', description: 'Slug of the role, such as operator' } },
    async load(reader, ids, { slug }) {
      const rows = await reader.rows(sql`select u.id from users u where u.id = any(${ids}::uuid[]) and ${hasRole(slug)}`);
      return has(rows, ids);
    },
  }),
  derived({
    of: User,
    name: 'isAdmin',
    kind: 'boolean',
    description: 'Whether the user is a superuser or has the role admin, be it as an active admin role',
    async load(reader, ids) {
      const rows = await reader.rows(
        sql`select u.id from users u where u.id = any(${ids}::uuid[]) and (u.is_superuser or ${hasRole('admin')} or exists (
          select 1 from admin_roles x where x.user_id = u.id and x.role = 'ADMIN' and x.status = 'ACTIVE'))`,
      );
      return has(rows, ids);
    },
  }),
];

function has(rows: readonly (readonly (string | null)[])[], ids: readonly string[]): Map<string, boolean> {
  const holders = new Set(rows.map(([id]) => id));
  return new Map(ids.map((id) => [id, holders.has(id)]));
}
