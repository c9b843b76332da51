import { declarationOf } from '#core/database/declare/registry.js';
import { newId } from '#core/database/id.js';
import { executeSql, sql, storableJson } from '#core/database/sql.js';
import { sequence, type WriteSystem } from '#core/feed/write.js';
import { ActivityLog } from './activity-log.entity.js';

const mostWaiting = 10_000;
const mostAtOnce = 500;
const delayMs = 100;

/** What is told of something that happened. */
export type Activity = Pick<ActivityLog, 'logType' | 'message'> &
  Partial<Pick<ActivityLog, 'serverId' | 'level' | 'details' | 'requestId' | 'durationMs' | 'traceId'>>;

type Row = Activity & { id: string; createdAt: Date };

/** Writes the activity log in batches: whoever tells of something does not wait for the database. */
export class ActivityRecorder {
  readonly #waiting: Row[] = [];
  #leftOut = 0;
  #timer: NodeJS.Timeout | null = null;
  #writing: Promise<void> = Promise.resolve();

  constructor(readonly system: WriteSystem) {}

  /** Tells of something that happened. When the database cannot keep up, it is counted and left out, and the log says how many. */
  record(activity: Activity): void {
    if (this.#waiting.length >= mostWaiting) {
      this.#leftOut++;
      return;
    }
    this.#waiting.push({ ...activity, id: newId(declarationOf(ActivityLog).type), createdAt: new Date() });
    this.#timer ??= setTimeout(() => void this.flush(), delayMs);
  }

  /** Writes everything that was told of by now. */
  flush(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    return (this.#writing = this.#writing.then(() => this.#writeAll()));
  }

  async #writeAll(): Promise<void> {
    const { log } = this.system;
    let isWritten = false;
    while (this.#waiting.length > 0) {
      const rows = this.#waiting.splice(0, mostAtOnce);
      const left = await this.#write(rows);
      if (left > 0) log.warn({ entries: left }, 'entries of the activity log could not be written');
      isWritten ||= left < rows.length;
    }
    if (isWritten) await sequence(this.system);
    if (this.#leftOut === 0) return;
    log.warn({ entries: this.#leftOut }, 'the database could not keep up: entries of the activity log were left out');
    this.#leftOut = 0;
  }

  // How many could not be written. A server may have been deleted meanwhile: the entries of others are written without it.
  async #write(rows: readonly Row[]): Promise<number> {
    try {
      await insert(this.system, rows);
      return 0;
    } catch {
      if (rows.length === 1) return 1;
      let left = 0;
      for (const row of rows) left += await this.#write([row]);
      return left;
    }
  }
}

async function insert({ database }: WriteSystem, rows: readonly Row[]): Promise<void> {
  const given = rows.map((row) => ({
    id: row.id,
    server_id: row.serverId ?? null,
    log_type: row.logType,
    level: row.level ?? 'INFO',
    message: row.message,
    details: row.details ?? null,
    request_id: row.requestId ?? null,
    duration_ms: row.durationMs ?? null,
    trace_id: row.traceId ?? null,
    created_at: row.createdAt,
  }));
  await executeSql(
    database.fork(),
    sql`insert into activity_logs (id, server_id, log_type, level, message, details, request_id, duration_ms, trace_id, created_at)
      select id, server_id, log_type, level, message, details, request_id, duration_ms, trace_id, created_at
      from jsonb_to_recordset(${storableJson(given)}::jsonb) as r(id uuid, server_id uuid, log_type text, level text, message text, details jsonb,
        request_id text, duration_ms int, trace_id text, created_at timestamptz)`,
  );
}
