import { LockMode } from '@mikro-orm/core';
import { declarationOf } from '#core/database/declare/registry.js';
import { isUuid } from '#core/database/id.js';
import { executeSql, sql } from '#core/database/sql.js';
import { notFound } from '#core/errors/not-found.js';
import { conditionOf, Policies } from '#core/policy/policy.js';
import type { WriteContext } from './write.js';

type Asking = Pick<WriteContext, 'em' | 'actor' | 'services'>;

/** Which row to change, and perhaps the revision that was seen. */
export interface Choice {
  id: string;
  expectedRevision?: number | null | undefined;
}

/**
 * The row that a mutation changes, held until the end of the transaction. What the policy hides from the actor is as missing as what is
 * not there, and is not held either.
 */
export async function findForChange<Entity extends object>(
  asking: Asking,
  entity: new () => Entity,
  { id, expectedRevision = null }: Choice,
): Promise<Entity> {
  const { em } = asking;
  if (!(await isSeen(asking, entity, id, sql`for update of t`))) throw notFound(`${declarationOf(entity).name ?? entity.name} ${id}`);
  const found = await em.findOneOrFail<Entity>(entity, id as never, { refresh: true });
  if (expectedRevision !== null) await em.lock(found, LockMode.OPTIMISTIC, expectedRevision);
  return found;
}

/** Whether the policy shows the actor the row of that id. */
export async function isSeen({ em, actor, services }: Asking, entity: new () => object, id: string, held = sql.empty): Promise<boolean> {
  if (!isUuid(id)) return false;
  const visible = conditionOf(services.get(Policies).visible(entity, actor, 't'));
  const { table } = declarationOf(entity);
  const rows = await executeSql(em, sql`select 1 from ${sql.ref(table)} as t where t.id = ${id}::uuid and ${visible} ${held}`);
  return rows.length > 0;
}
