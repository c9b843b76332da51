import { sql } from '#core/database/sql.js';
import { can } from '#core/policy/actor.js';
import { policy } from '#core/policy/policy.js';
import { Upload } from './upload.entity.js';

/** Who sees uploads: who sent them, and holders of file:read. */
export const filePolicies = [
  policy(
    Upload,
    (actor, alias) => can(actor, 'file:read') || (actor.id !== null && sql`${sql.ref(`${alias}.uploaded_by_id`)} = ${actor.id}::uuid`),
  ),
];
