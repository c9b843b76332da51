import { setImmediate as turn } from 'node:timers/promises';
import { sql } from 'kysely';
import { executeSql } from '#core/database/sql.js';
import { append, sequencedStream } from '#core/feed/streams.js';
import { sequence, type WriteSystem } from '#core/feed/write.js';
import type { LogEntry, Progress } from '#core/jobs/child/protocol.js';
import type { RunOutput } from '#core/jobs/run-child.js';
import { JobLogLine } from './job-log-line.entity.js';
import { appendEvents, eventsOf, linesOf, type NewEvent } from './job-streams.js';
import type { MovedJob } from './move-job.js';

const flushMs = 25;
const mostBuffered = 2_000;
const longestText = 16_384;
const clean = (text: string): string => text.replaceAll('\0', '').slice(0, longestText);

/** Writes what one run tells, in order and in batches; whoever tells more than can be written waits. */
export class RunTelemetry implements RunOutput {
  #lines: object[] = [];
  #events: NewEvent[] = [];
  #timer: NodeJS.Timeout | null = null;
  #flushing: Promise<void> = Promise.resolve();

  /** `onFenced` is called when the run may not write any more: its job is in other hands. */
  constructor(
    readonly system: WriteSystem,
    readonly job: MovedJob,
    readonly onFenced: () => void,
  ) {}

  async progress({ status, message, progress, payload }: Progress): Promise<void> {
    const percent = progress === undefined ? null : Math.min(Math.max(Number(progress) || 0, 0), 100);
    this.#events.push({
      status: 'RUNNING',
      attempt: this.job.attempts,
      phase: status === undefined ? null : clean(status),
      message: message === undefined ? null : clean(message),
      progress: percent,
      payload: payload ?? null,
    });
    await this.#due(this.#events.length);
  }

  log({ level, text, fields }: LogEntry): Promise<void> {
    return this.#line({ stream: 'STRUCTURED', level, text: clean(text), fields: fields ?? null });
  }

  print(stream: 'STDOUT' | 'STDERR', text: string): Promise<void> {
    return this.#line({ stream, level: stream === 'STDOUT' ? 'INFO' : 'WARN', text: clean(text), fields: null });
  }

  /** Writes whatever is left. */
  async end(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    await this.#flush();
  }

  async #line(line: object): Promise<void> {
    this.#lines.push({ ...line, job: this.job.id, attempt: this.job.attempts, createdAt: new Date() });
    await this.#due(this.#lines.length);
  }

  async #due(buffered: number): Promise<void> {
    if (buffered >= mostBuffered) return this.#flush();
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.#flush().catch((err: unknown) => {
        this.system.log.warn({ err, jobId: this.job.id }, 'the telemetry of a run could not be written');
        this.onFenced();
      });
    }, flushMs);
    // A flood must not keep the timers of this process from running.
    if (buffered % 200 === 0) await turn();
  }

  #flush(): Promise<void> {
    const next = this.#flushing.then(() => this.#write());
    this.#flushing = next.catch(() => {});
    return next;
  }

  async #write(): Promise<void> {
    const [lines, events] = [this.#lines, this.#events];
    if (lines.length + events.length === 0) return;
    this.#lines = [];
    this.#events = [];
    const { id, fence } = this.job;
    const isWritten = await this.system.database.fork().transactional(async (em) => {
      const newest = events.at(-1);
      if (newest)
        await executeSql(
          em,
          sql`
        update jobs set message = coalesce(${newest.message ?? null}, message), progress = coalesce(${newest.progress ?? null}::float8, progress), revision = revision + 1, updated_at = clock_timestamp()
        where id = ${id} and fence = ${fence}`,
        );
      if (events.length > 0 && (await appendEvents(em, id, fence, events)) === null) return false;
      return lines.length === 0 || (await append(em, { stream: linesOf(id), fence, entity: JobLogLine, column: 'seq' }, lines)) !== null;
    });
    if (!isWritten) return this.onFenced();
    const { bell } = this.system;
    if (lines.length > 0) bell.ring(linesOf(id));
    if (events.length > 0) {
      bell.ring(eventsOf(id), sequencedStream);
      void sequence(this.system);
    }
  }
}
