import type { ChangeDetails } from '#core/feed/insert-changes.js';
import type { WriteContext } from '#core/feed/write.js';
import { Operations } from '#core/jobs/operations.js';
import { authorize } from '#core/policy/actor.js';
import { requireProof } from '#domains/identity/index.js';

/**
 * Refuses to change when one of these operations runs, or to stop its run, to whoever lacks the permission that guards it or has not
 * shown lately who they are. Returns how that is recorded.
 */
export async function guardOperation(context: WriteContext, ...names: readonly string[]): Promise<ChangeDetails> {
  const operations = context.services.get(Operations);
  const guards = names.flatMap((name) => {
    const operation = operations.find(name);
    return operation && 'run' in operation && operation.guardedBy ? [operation.guardedBy] : [];
  });
  if (guards.length === 0) return {};
  for (const guard of guards) authorize(context.actor, guard);
  await requireProof(context);
  return { severity: 'HIGH' };
}
