import { sql } from '#core/database/sql.js';
import { derived } from '#core/graph/derived.js';
import { Settings } from '#core/settings/settings.js';
import { withinLimits } from './session-limits.js';
import { Session } from './session.entity.js';

/** What is looked up for sessions. */
export const sessionDerived = [
  derived({
    of: Session,
    name: 'isActive',
    kind: 'boolean',
    description: 'Whether the session is neither revoked, expired nor idle for too long',
    async load(reader, ids, _args, services) {
      const rows = await reader.rows(sql`
        select s.id from sessions s where s.id = any(${ids}::uuid[]) and s.revoked_at is null and s.expires_at > now()
          and ${withinLimits(services.get(Settings))}`);
      const active = new Set(rows.map(([id]) => id));
      return new Map(ids.map((id) => [id, active.has(id)]));
    },
  }),
];
