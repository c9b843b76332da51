import { sql, type Sql } from '#core/database/sql.js';

// Restricted to a user, each branch finds its rows by that user: the condition is carried into it.
const held = sql`(
  select x.user_id, y.permission_id from role_assignments x join role_permissions y on y.role_id = x.role_id
  union all
  select x.user_id, y.permission_id from admin_roles x join roles r on r.slug = lower(x.role) join role_permissions y on y.role_id = r.id
    where x.status = 'ACTIVE'
  union all
  select x.user_id, q.id from admin_roles x cross join jsonb_array_elements_text(x.permissions) n join permissions q on q.name = n
    where x.status = 'ACTIVE')`;

/** What to select from for the permissions that roles and active admin roles give: `a.user_id` has them, `p` is the permission. */
export const heldPermissions: Sql = sql`${held} a join permissions p on p.id = a.permission_id`;

/** The slugs of the roles of the user `u`, with that of an active admin role, in alphabetical order, as an array. */
export const heldRoles = sql`array(
  select r.slug from role_assignments a join roles r on r.id = a.role_id where a.user_id = u.id
  union select lower(x.role) from admin_roles x where x.user_id = u.id and x.status = 'ACTIVE' order by 1)`;

/** Whether the user `u` has a second factor that counts. */
export const hasTotp = sql`exists (select 1 from totps t where t.user_id = u.id and t.confirmed_at is not null)`;
