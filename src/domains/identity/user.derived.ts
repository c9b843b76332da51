import { sql } from '#core/database/sql.js';
import { derived } from '#core/graph/derived.js';
import { User } from './user.entity.js';

const held = sql`role_assignments a join role_permissions rp on rp.role_id = a.role_id join permissions p on p.id = rp.permission_id`;

/** What a user may do, from all of their roles. */
export const userDerived = [
  derived({
    of: User,
    name: 'permissions',
    kind: 'string',
    list: true,
    description: 'Names of the permissions that the roles of the user hold, in alphabetical order; a superuser passes without them',
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
    description: 'Whether the user may do this: a role of theirs holds the permission, or they are a superuser',
    args: {
      resource: { kind: 'string', description: 'What is acted upon, such as job' },
      action: { kind: 'string', description: 'What may be done, such as cancel' },
    },
    async load(reader, ids, { resource, action }) {
      const rows = await reader.rows(sql`
        select u.id from users u where u.id = any(${ids}::uuid[]) and (u.is_superuser or exists (
          select 1 from ${held} where a.user_id = u.id and p.resource = ${resource} and p.action = ${action}))`);
      const holders = new Set(rows.map(([id]) => id));
      return new Map(ids.map((id) => [id, holders.has(id)]));
    },
  }),
];
