import { executeSql, sql } from '#core/database/sql.js';
import { sequencedStream } from '#core/feed/streams.js';
import type { WriteSystem } from '#core/feed/write.js';
import type { Term } from '#core/jobs/leadership.js';
import type { RedisConnection } from '#core/redis/redis-connection.js';
import { channelOf, toTelemetry, type PublishedStep } from './telemetry-message.js';

const pageSize = 500;
const pollMs = 2_000;

interface StoredStep extends PublishedStep {
  id: string;
  jobId: string;
  name: string;
  position: string;
}

/** Up to where all is published, null when that has to be asked, and whether there is more already. */
interface Passed {
  position: number | null;
  isMore: boolean;
}

class LeadLost extends Error {}

/** What the publisher needs. */
export interface Publishing {
  readonly system: WriteSystem;
  readonly connection: RedisConnection;
  readonly term: Term;
  /** Ids of steps that came over Redis; what was passed over is taken out. */
  readonly takenIn: Set<string>;
  /** Calls back when there may be more to publish. */
  onConnected(callback: () => void): void;
}

/**
 * Publishes the steps of all jobs as they are committed, in the order of everything, until the term ends: no run waits for it, and
 * what lies in the database is all that it has to keep. What could not be published for a minute is left out; it is telemetry. Fails
 * when the database says that another process leads by now.
 */
export async function publishTelemetry(publishing: Publishing): Promise<void> {
  const { system, term } = publishing;
  let wake = (): void => {};
  const unlisten = system.bell.listen(sequencedStream, () => wake());
  publishing.onConnected(() => wake());
  let passed: Passed = { position: null, isMore: false };
  try {
    while (!term.signal.aborted) {
      const rung = new Promise<void>((resolve) => (wake = resolve));
      passed = await publishPage(publishing, passed.position).catch((error: Error) => {
        if (error instanceof LeadLost) throw error;
        system.log.debug({ reason: error.message }, 'telemetry could not be published; it is tried again');
        return { position: null, isMore: false };
      });
      if (!passed.isMore) await within(rung, pollMs, term.signal);
    }
  } finally {
    unlisten();
  }
}

async function publishPage(publishing: Publishing, position: number | null): Promise<Passed> {
  if (!publishing.connection.isConnected) return { position: null, isMore: false };
  const after = position ?? (await begin(publishing));
  const steps = await stepsAfter(publishing, after);
  return { position: await publishAll(publishing, steps, after), isMore: steps.length === pageSize };
}

async function begin({ system }: Publishing): Promise<number> {
  const [row] = await executeSql<{ position: string }>(
    system.database.fork(),
    sql`
    select greatest((select last_value from telemetry_published), coalesce((
      select position from job_events where position is not null and created_at < clock_timestamp() - interval '1 minute' order by position desc limit 1), 0)) as position`,
  );
  return Number(row!.position);
}

const stepsAfter = ({ system }: Publishing, after: number): Promise<StoredStep[]> =>
  executeSql<StoredStep>(
    system.database.fork(),
    sql`
    select e.id, e.job_id as "jobId", j.name, coalesce(e.phase, e.status) as status, e.message, e.progress, e.payload, e.position
    from job_events e join jobs j on j.id = e.job_id where e.position > ${after} order by e.position limit ${pageSize}`,
  );

/** Returns the position up to which all is published; fails when this process does not lead any more. */
async function publishAll({ system, connection, term, takenIn }: Publishing, steps: readonly StoredStep[], after: number): Promise<number> {
  if (steps.length === 0) return after;
  // All at once: one connection keeps their order, and one page is all that waits.
  const sent = await Promise.allSettled(
    steps.map(async ({ id, jobId, ...step }) => {
      if (!takenIn.has(id)) await connection.publish(channelOf({ id: jobId, name: step.name }), toTelemetry(step));
    }),
  );
  const failed = sent.findIndex(({ status }) => status === 'rejected');
  const passed = failed < 0 ? steps : steps.slice(0, failed);
  for (const { id } of passed) takenIn.delete(id);
  const position = passed.length > 0 ? Number(passed.at(-1)!.position) : after;
  const [noted] = await executeSql(
    system.database.fork(),
    sql`select setval('telemetry_published', ${position}) where ${position}::bigint > 0 and ${term.holds}`,
  );
  if (failed >= 0) throw (sent[failed] as PromiseRejectedResult).reason;
  if (!noted) throw new LeadLost('another process leads by now');
  return position;
}

async function within(rung: Promise<void>, ms: number, signal: AbortSignal): Promise<void> {
  let stop = (): void => {};
  const ended = new Promise<void>((resolve) => (stop = resolve));
  const timer = setTimeout(stop, ms);
  signal.addEventListener('abort', stop, { once: true });
  await Promise.race([rung, ended]);
  clearTimeout(timer);
  signal.removeEventListener('abort', stop);
}
