import type { EntityManager, FlushEventArgs } from '@mikro-orm/postgresql';
import { declarationOf } from '#core/database/declare/registry.js';
import type { EntityClass } from '#core/database/declare/declaration.js';

/** What the ORM changed on an entity: its columns before and after, secrets redacted. */
export interface CapturedChange {
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
}

const captures = new WeakMap<EntityManager, Map<object, CapturedChange>>();

/** Starts to collect what the entity manager flushes. */
export function captureChanges(em: EntityManager): Map<object, CapturedChange> {
  const captured = new Map<object, CapturedChange>();
  captures.set(em, captured);
  return captured;
}

/** The ORM subscriber that collects the change sets of every flush. */
export const changeCapture = {
  onFlush({ em, uow }: FlushEventArgs): void {
    const captured = captures.get(em as EntityManager);
    if (!captured) return;
    for (const { entity, type, payload, originalEntity } of uow.getChangeSets()) {
      const earlier = captured.get(entity);
      const redact = redactor(entity.constructor as EntityClass);
      const keys = Object.keys(payload);
      const before =
        type === 'create'
          ? null
          : Object.fromEntries(
              (type === 'delete' ? Object.keys(originalEntity ?? {}) : keys).map((key) => [
                key,
                redact(key, (originalEntity as Record<string, unknown>)?.[key] ?? null),
              ]),
            );
      const after =
        type === 'delete'
          ? null
          : Object.fromEntries(keys.map((key) => [key, redact(key, (payload as Record<string, unknown>)[key] ?? null)]));
      captured.set(
        entity,
        earlier
          ? { before: earlier.before && { ...before, ...earlier.before }, after: after && { ...earlier.after, ...after } }
          : { before, after },
      );
    }
  },
};

function redactor(entity: EntityClass): (property: string, value: unknown) => unknown {
  const { fields } = declarationOf(entity);
  return (property, value) => {
    const field = fields.get(property);
    if (field?.is === 'column' && field.secret && value !== null) return '[redacted]';
    return value;
  };
}
