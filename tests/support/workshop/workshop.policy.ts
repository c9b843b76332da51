import type { EntityClass } from '#core/database/declare/declaration.js';
import { sql } from '#core/database/sql.js';
import { can, type Actor } from '#core/policy/actor.js';
import { policy, type Predicate, type Visibility } from '#core/policy/policy.js';
import { Keeper } from './keeper.entity.js';
import { Maker } from './maker.entity.js';
import { Manual } from './manual.entity.js';
import { Region } from './region.entity.js';
import { Sample } from './sample.entity.js';
import { Tag } from './tag.entity.js';
import { Tagging } from './tagging.entity.js';
import { Tong } from './tong.entity.js';
import { Tray } from './tray.entity.js';

/** The permission that shows all prices, codes, sellers, contacts and originals. */
export const seePrices = 'workshop:price';

const signedIn = (actor: Actor): boolean => actor.kind !== 'anonymous';
const unlessHidden: Visibility = (actor, alias): Predicate =>
  actor.isSuperuser || (signedIn(actor) && sql`not ${sql.ref(`${alias}.is_hidden`)}`);
// Of tongs on the open shelf everybody sees everything.
const openShelf: Visibility = (actor, alias) => can(actor, seePrices) || sql`${sql.ref(`${alias}.shelf`)} = 'open'`;

const unlessPirated: Visibility = (actor, alias) => can(actor, seePrices) || sql`${sql.ref(`${alias}.title`)} <> 'pirated'`;

/** Rows that say so are seen by superusers only; some columns of some rows need a permission. */
export const workshopPolicies = [
  ...([Region, Tag, Tagging] as EntityClass[]).map((entity) => policy(entity, unlessHidden)),
  policy(Maker, unlessHidden, { contactId: (actor) => can(actor, seePrices) }),
  policy(Manual, unlessHidden, { original: unlessPirated }),
  policy(Tong, unlessHidden, { price: openShelf, code: openShelf, seller: openShelf }),
  policy(Sample, signedIn),
  policy(Tray, signedIn),
];

/** Who sees keepers. */
export const lendingPolicies = [policy(Keeper, unlessHidden)];
