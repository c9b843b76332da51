import type { EntityManager } from '@mikro-orm/postgresql';
import { executeSql, sql } from '#core/database/sql.js';
import { declarationOf } from '#core/database/declare/registry.js';
import type { EntityClass } from '#core/database/declare/declaration.js';
import { newId } from '#core/database/id.js';
import type { CapturedChange } from './captured-changes.js';
import { Change, type Outcome } from './change.entity.js';
import type { Origin } from './origin.js';

/** What a use case recorded. `by` is who did it when the actor is not: somebody who is signing in. */
export interface RecordedChange {
  action: string;
  subject: object | null;
  outcome?: Outcome;
  message?: string;
  by?: { id: string | null; name: string };
}

/** Writes the change rows of one transaction in one statement; returns their ids. */
export async function insertChanges(
  em: EntityManager,
  origin: Origin,
  recorded: readonly RecordedChange[],
  captured: ReadonlyMap<object, CapturedChange>,
): Promise<string[]> {
  if (recorded.length === 0) return [];
  const { type } = declarationOf(Change);
  const rows = recorded.map(({ action, subject, outcome = 'SUCCESS', message, by = { id: origin.actor.id, name: origin.actor.name } }) => {
    const change = subject ? captured.get(subject) : undefined;
    const declaration = subject ? declarationOf(subject.constructor as EntityClass) : null;
    return {
      id: newId(type),
      action,
      outcome,
      actor_id: by.id,
      actor_name: by.name,
      subject_type: declaration?.name ?? null,
      subject_id: (subject as { id?: string } | null)?.id ?? null,
      before: change?.before ?? null,
      after: change?.after ?? null,
      message: message ?? null,
      request_id: origin.requestId,
      trace_id: origin.traceId,
      source_ip: origin.sourceIp,
      user_agent: origin.userAgent,
    };
  });
  const columns = Object.keys(rows[0]!).map((name) => sql.ref(name));
  await executeSql(
    em,
    sql`insert into changes (${sql.join(columns)}) select ${sql.join(columns)} from jsonb_populate_recordset(null::changes, ${JSON.stringify(rows)}::jsonb)`,
  );
  return rows.map(({ id }) => id);
}
