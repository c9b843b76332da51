import { sql } from '#core/database/sql.js';
import { can, type Actor } from '#core/policy/actor.js';
import { policy, visibleThrough, type Predicate } from '#core/policy/policy.js';
import { SecretAccess } from './secret-access.entity.js';
import { SecretVersion } from './secret-version.entity.js';
import { Secret } from './secret.entity.js';

const seesAll = (actor: Actor): boolean => ['secret:read', 'secret:manage', 'secret:reveal'].some((permission) => can(actor, permission));

const ownOrOfServer = (actor: Actor, alias: string): Predicate => {
  const column = (name: string) => sql.ref(`${alias}.${name}`);
  const own = sql`${column('owner_id')} = ${actor.id}::uuid`;
  return can(actor, 'secret:create') ? sql`(${column('server_id')} is not null or ${own})` : own;
};

const didOrOwns = (actor: Actor, alias: string): Predicate => {
  const column = (name: string) => sql.ref(`${alias}.${name}`);
  return sql`(${column('user_id')} = ${actor.id}::uuid
    or exists (select 1 from secrets s where s.id = ${column('secret_id')} and s.owner_id = ${actor.id}::uuid and s.server_id is null))`;
};

/** Who sees secrets, never their values, and who used them. */
export const vaultPolicies = [
  policy(Secret, (actor, alias) => seesAll(actor) || (actor.id !== null && ownOrOfServer(actor, alias))),
  policy(
    SecretVersion,
    visibleThrough(() => Secret, 'secret_id'),
  ),
  policy(
    SecretAccess,
    (actor, alias) => can(actor, 'secret:read') || can(actor, 'secret:manage') || (actor.id !== null && didOrOwns(actor, alias)),
  ),
];

/** Whether the actor sees a secret; says the same as its policy. */
export const seesSecret = (actor: Actor, { owner, serverId }: Secret): boolean =>
  seesAll(actor) || (actor.id !== null && owner?.id === actor.id) || (serverId !== null && can(actor, 'secret:create'));

/** Whether a secret is the actor's own: what people create for a server is not. */
const isOwn = (actor: Actor, { owner, serverId }: Secret): boolean => serverId === null && actor.id !== null && owner?.id === actor.id;

/**
 * Whether the actor may do with a secret what the permission allows: its owner may, unless it is a server's. The secret itself may ask for
 * more.
 */
export const mayUse = (actor: Actor, secret: Secret, permission: 'secret:manage' | 'secret:reveal'): boolean =>
  isOwn(actor, secret) || can(actor, permission);
