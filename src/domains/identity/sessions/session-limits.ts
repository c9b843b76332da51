import { sql, type Sql } from '#core/database/sql.js';
import type { Settings } from '#core/settings/settings.js';
import { sessionAbsoluteDays, sessionIdleMinutes } from '../accounts/account.settings.js';
import type { Session } from './session.entity.js';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/** How long a session lasts at most, as the settings are now. */
export const sessionMs = (settings: Settings): number => settings.value(sessionAbsoluteDays) * dayMs;

/** Whether a session `s` is neither idle nor going on for longer than the settings allow now, as SQL. */
export const withinLimits = (settings: Settings): Sql =>
  sql`s.last_activity_at > now() - make_interval(mins => ${settings.value(sessionIdleMinutes)}::int)
    and s.created_at > now() - make_interval(days => ${settings.value(sessionAbsoluteDays)}::int)`;

/** The same of a session that was looked up. */
export const isWithinLimits = ({ lastActivityAt, createdAt }: Session, settings: Settings, now: Date): boolean =>
  lastActivityAt.getTime() > now.getTime() - settings.value(sessionIdleMinutes) * minuteMs &&
  createdAt.getTime() > now.getTime() - sessionMs(settings);
