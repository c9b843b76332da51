import type { EntityManager } from '@mikro-orm/postgresql';
import { executeSql, sql, storableJson } from '#core/database/sql.js';
import { declarationOf } from '#core/database/declare/registry.js';
import type { EntityClass } from '#core/database/declare/declaration.js';
import { newId } from '#core/database/id.js';
import type { Actor } from '#core/policy/actor.js';
import type { CapturedChange } from './captured-changes.js';
import { Change, type Outcome, type Severity } from './change.entity.js';
import type { Origin } from './origin.js';

/** What else is said of a change. `by` is who did it when the actor is not: somebody who is signing in. */
export interface ChangeDetails {
  outcome?: Outcome;
  /** By default what the outcome says: `INFO` for what was done. */
  severity?: Severity;
  message?: string;
  details?: Readonly<Record<string, unknown>>;
  by?: { id: string | null; name: string };
  /** Whether it concerns a secret; so it does by itself when it changed a column that holds one. */
  isSensitive?: boolean;
  /** The use of a tool that it belongs to. */
  executionId?: string;
}

/** What a use case recorded. */
export interface RecordedChange extends ChangeDetails {
  action: string;
  subject: object | null;
}

const severities: Record<Outcome, Severity> = { SUCCESS: 'INFO', FAILURE: 'MEDIUM', DENIED: 'MEDIUM', ERROR: 'HIGH' };

/** Writes the change rows of one transaction in one statement; returns their ids. `retentionDays` says how long one of a severity is kept. */
export async function insertChanges(
  em: EntityManager,
  { actor, ...origin }: Origin,
  retentionDays: (severity: Severity) => number,
  recorded: readonly RecordedChange[],
  captured: ReadonlyMap<object, CapturedChange>,
): Promise<string[]> {
  if (recorded.length === 0) return [];
  const { type } = declarationOf(Change);
  const rows = recorded.map((each) => {
    const { action, subject, outcome = 'SUCCESS', severity = severities[outcome], message, details, isSensitive } = each;
    const change = subject ? captured.get(subject) : undefined;
    // Somebody who signs in has neither roles nor a session yet.
    const by = each.by ?? { id: actor.id, name: actor.name };
    const isActor = by.id === actor.id;
    return {
      id: newId(type),
      action,
      severity,
      outcome,
      actor_id: by.id,
      actor_username: by.name,
      actor_role: isActor ? rolesOf(actor) : null,
      session_id: isActor ? actor.sessionId : null,
      target_type: subject ? targetTypeOf(subject) : null,
      target_id: (subject as { id?: string } | null)?.id ?? null,
      target_name: subject ? nameOf(subject) : null,
      before: change?.before ?? null,
      after: change?.after ?? null,
      details: details ?? null,
      message: message ?? null,
      request_id: origin.requestId,
      trace_id: origin.traceId,
      ip_address: origin.sourceIp,
      user_agent: origin.userAgent,
      execution_id: each.executionId ?? null,
      is_sensitive: isSensitive ?? change?.isSensitive ?? false,
      retention_days: retentionDays(severity),
    };
  });
  const columns = Object.keys(rows[0]!).map((name) => sql.ref(name));
  await executeSql(
    em,
    sql`insert into changes (${sql.join(columns)}) select ${sql.join(columns)} from jsonb_populate_recordset(null::changes, ${storableJson(rows)}::jsonb)`,
  );
  return rows.map(({ id }) => id);
}

const targetTypeOf = (subject: object): string | null => declarationOf(subject.constructor as EntityClass).name ?? null;

const longestName = 200;

// The id says nothing to a reader, least of all when the thing is gone.
function nameOf(subject: object): string | null {
  const { keys = [], fields } = declarationOf(subject.constructor as EntityClass);
  const property = [...keys.flat(), 'name'].find((each) => {
    const field = fields.get(each);
    return field?.is === 'column' && !field.secret;
  });
  const name = property === undefined ? null : (subject as Record<string, unknown>)[property];
  return typeof name === 'string' ? name.slice(0, longestName) : null;
}

function rolesOf({ isSuperuser, kind, roles, apiToken }: Actor): string | null {
  // No slug has a blank, so that no role is taken for a token.
  if (apiToken) return `token ${apiToken.prefix} (${apiToken.name})`;
  const held = [...(isSuperuser && kind === 'user' ? ['superuser'] : []), ...roles];
  return held.length > 0 ? held.join(', ') : null;
}
