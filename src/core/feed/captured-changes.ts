import { helper } from '@mikro-orm/core';
import type { EntityManager, FlushEventArgs } from '@mikro-orm/postgresql';
import { declarationOf } from '#core/database/declare/registry.js';
import type { EntityClass } from '#core/database/declare/declaration.js';

/** What the ORM changed on an entity: its columns before and after, secrets redacted. */
export interface CapturedChange {
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
  /** Whether a secret was among them. */
  isSensitive: boolean;
}

const redacted = '[redacted]';

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
    for (const { entity, type, payload, ...changeSet } of uow.getChangeSets()) {
      // The change set of a deletion does not say what there was.
      const originalEntity = changeSet.originalEntity ?? helper(entity).__originalEntityData;
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
          ? withSensitivity(earlier.before && { ...before, ...earlier.before }, after && { ...earlier.after, ...after })
          : withSensitivity(before, after),
      );
    }
  },
};

function redactor(entity: EntityClass): (property: string, value: unknown) => unknown {
  const { fields } = declarationOf(entity);
  return (property, value) => {
    const field = fields.get(property);
    if (field?.is !== 'column' || value === null) return value;
    if (field.secret) return redacted;
    // The ORM has these as the text that it stores.
    return (field.kind === 'json' || field.list) && typeof value === 'string' ? (JSON.parse(value) as unknown) : value;
  };
}

function withSensitivity(before: CapturedChange['before'], after: CapturedChange['after']): CapturedChange {
  return { before, after, isSensitive: [before, after].some((values) => Object.values(values ?? {}).includes(redacted)) };
}
