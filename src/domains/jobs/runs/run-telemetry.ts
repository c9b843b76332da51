import { setImmediate as turn } from 'node:timers/promises';
import { UniqueConstraintViolationException, type EntityManager } from '@mikro-orm/postgresql';
import { executeSql, sql } from '#core/database/sql.js';
import { AppError } from '#core/errors/app-error.js';
import { isDiskFull } from '#core/errors/disk-full.js';
import { declarationOf } from '#core/database/declare/registry.js';
import { newId } from '#core/database/id.js';
import { translateError } from '#core/database/translate-error.js';
import { append, sequencedStream } from '#core/feed/streams.js';
import { LogLevel } from '#core/feed/log-level.js';
import { sequence, type WriteSystem } from '#core/feed/write.js';
import type { LogEntry, Progress } from '#core/jobs/child/protocol.js';
import { JobFollowers } from '#core/jobs/job-followers.js';
import type { RunOutput } from '#core/jobs/run-child.js';
import { JobLogLine, type LogStream } from '../job-log-line.entity.js';
import { appendEvents, eventsOf, linesOf } from '../job-streams.js';
import type { MovedJob } from '../queue/move-job.js';
import { Quota } from './quota.js';
import { clean, stepOf, type Step } from '../telemetry/step.js';
import type { StopReason } from './stop-reason.js';

const flushMs = 25;
const mostBuffered = 2_000;
const turnEvery = 200;
const retryMs = 500;
const longestAwayMs = 60_000;
// A worker that shuts down has less time than that.
const longestAwayAtStopMs = 5_000;
const most = { steps: 10_000, stepBytes: 16 * 1024 * 1024 };
/** What a later run may print although its job's log is full. */
const reserveBytes = 64 * 1024;
const bytesOf = (...parts: unknown[]): number =>
  parts.reduce<number>(
    (sum, part) => sum + (part == null ? 0 : Buffer.byteLength(typeof part === 'string' ? part : JSON.stringify(part))),
    0,
  );

interface NewLine {
  stream: LogStream;
  level: LogLevel;
  text: string;
  fields: unknown;
}

type Line = NewLine & { createdAt: Date };

interface Batch {
  lines: readonly Line[];
  bytes: number;
  events: readonly Step[];
  newest: Step | null;
}

const tooManySteps = `A run may tell ${most.steps} steps with ${most.stepBytes} bytes: further steps of this run are not kept, only the newest is shown by the job`;

/**
 * Writes what one run tells, in order and in batches; whoever tells more than can be written waits. While the database is away,
 * or its disk is full, a batch is kept and tried again. What goes beyond the quotas of the run is counted, not stored, and the run says so: where it begins,
 * and at the end.
 */
export class RunTelemetry implements RunOutput {
  readonly #lineQuota: Quota;
  readonly #stepQuota = new Quota({ items: most.steps, bytes: most.stepBytes });
  #lines: Line[] = [];
  #lineBytes = 0;
  #last: Step | null = null;
  /** The last step, when the job does not show it yet. */
  #newest: Step | null = null;
  #events: Step[] = [];
  #timer: NodeJS.Timeout | null = null;
  #flushing: Promise<void> = Promise.resolve();
  #failure: Error | null = null;

  /** Aborts the run as `fenced` when its job is in other hands, and when the run tells what cannot be stored. */
  constructor(
    readonly system: WriteSystem,
    readonly job: MovedJob,
    readonly controller: AbortController,
    /** What the log of the job may hold. */
    readonly logBytes: number,
  ) {
    const left = Math.max(logBytes - job.logBytes, job.attempts > 1 ? Math.min(reserveBytes, logBytes) : 0);
    this.#lineQuota = new Quota({ bytes: left });
  }

  async progress(told: Progress): Promise<void> {
    const step = this.#step(told);
    this.#last = this.#newest = step;
    if (this.#stepQuota.takes(bytesOf(step.phase, step.message, step.payload))) this.#events.push(step);
    else await this.#leftOut(this.#stepQuota, () => this.#events.push(this.#step({ message: tooManySteps })));
    await this.#due(this.#events.length);
  }

  log({ level, text, fields }: LogEntry): Promise<void> {
    const known = Object.hasOwn(LogLevel.values, level) ? level : 'INFO';
    return this.#print({ stream: 'STRUCTURED', level: known, text: clean(text), fields: fields ?? null });
  }

  print(stream: 'STDOUT' | 'STDERR', text: string): Promise<void> {
    return this.#print({ stream, level: stream === 'STDOUT' ? 'INFO' : 'WARN', text: clean(text), fields: null });
  }

  /** Tells what was left out, and writes whatever is left; throws when anything of it, or of what came before, could not be stored. */
  async end(): Promise<void> {
    const [lines, steps] = [this.#lineQuota.leftOut, this.#stepQuota.leftOut];
    if (lines.items > 0) this.#note(`${lines.items} lines with ${lines.bytes} bytes were left out`);
    if (steps.items > 0) this.#events.push({ ...this.#last!, id: this.#step({}).id, message: `${steps.items} steps were left out` });
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    await this.#flush();
    // A run may be over before the batch that could not be stored is given up.
    if (this.#failure) throw this.#failure;
  }

  async #print(line: NewLine): Promise<void> {
    if (this.#lineQuota.takes(bytesOf(line.text, line.fields))) this.#line(line);
    else
      await this.#leftOut(this.#lineQuota, () =>
        this.#note(`The log of a job may hold ${this.logBytes} bytes, and this one is full: further lines of this run are left out`),
      );
    await this.#due(this.#lines.length);
  }

  // What does not fit costs no more than its counting, but a flood of it must not keep the timers of this process from running either.
  async #leftOut({ leftOut }: Quota, tell: () => void): Promise<void> {
    if (leftOut.items === 1) tell();
    if (leftOut.items % turnEvery === 0) await turn();
  }

  #note(text: string): void {
    this.#line({ stream: 'STRUCTURED', level: 'WARN', text, fields: null });
  }

  #line(line: NewLine): void {
    this.#lineBytes += bytesOf(line.text, line.fields);
    this.#lines.push({
      ...line,
      createdAt: new Date(),
      ...{ id: newId(declarationOf(JobLogLine).type), job: this.job.id, attempt: this.job.attempts },
    });
  }

  #step(told: Progress): Step {
    return stepOf({ status: 'RUNNING', attempt: this.job.attempts }, told);
  }

  async #due(buffered: number): Promise<void> {
    if (buffered >= mostBuffered) {
      // While one batch is stored the next one is gathered; whoever tells more waits.
      const before = this.#flushing;
      this.#flush().catch((error: unknown) => this.#giveUp(error));
      return before;
    }
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.#flush().catch((error: unknown) => this.#giveUp(error));
    }, flushMs);
    // A flood must not keep the timers of this process from running.
    if (buffered > 0 && buffered % turnEvery === 0) await turn();
  }

  #giveUp(error: unknown): void {
    this.controller.abort(`What the run told could not be stored: ${(error as Error).message}`);
  }

  #flush(): Promise<void> {
    const next = this.#flushing.then(() => this.#write());
    this.#flushing = next.catch((error: unknown) => void (this.#failure ??= error as Error));
    return next;
  }

  async #write(): Promise<void> {
    // Behind a batch that was given up nothing is stored: there would be a gap that nobody is told of.
    if (this.#failure) throw this.#failure;
    const batch: Batch = { lines: this.#lines, bytes: this.#lineBytes, events: this.#events, newest: this.#newest };
    const { lines, events } = batch;
    if (lines.length + events.length === 0 && !batch.newest) return;
    [this.#lines, this.#events, this.#lineBytes, this.#newest] = [[], [], 0, null];
    if (!(await this.#store(batch))) return this.controller.abort('fenced' satisfies StopReason);
    const { bell } = this.system;
    const { id } = this.job;
    if (lines.length > 0) bell.ring(linesOf(id));
    bell.ring(...this.system.services.get(JobFollowers).streamsOf(this.job));
    if (events.length > 0) {
      bell.ring(eventsOf(id), sequencedStream);
      void sequence(this.system);
    }
  }

  async #store(batch: Batch): Promise<boolean> {
    const began = Date.now();
    for (;;) {
      try {
        return await this.system.database.fork().transactional((em) => this.#append(em, batch));
      } catch (error) {
        // The answer to an earlier try was lost, not its commit: the ids are there already.
        if (error instanceof UniqueConstraintViolationException) return true;
        const isFull = isDiskFull(error);
        const isRefused = !isFull && translateError(error) instanceof AppError;
        const reason = this.controller.signal.reason as StopReason | string | undefined;
        const longestMs = reason === 'handedBack' ? longestAwayAtStopMs : longestAwayMs;
        if (isRefused || reason === 'fenced' || Date.now() > began + longestMs)
          throw isFull ? new Error('the disk of the database is full') : error;
        await new Promise((resolve) => setTimeout(resolve, retryMs));
      }
    }
  }

  async #append(em: EntityManager, { lines, bytes, events, newest }: Batch): Promise<boolean> {
    const { id, fence } = this.job;
    const { message = null, progress = null } = newest ?? {};
    const [mine] = await executeSql(
      em,
      sql`
      update jobs set message = coalesce(${message}, message), progress = coalesce(${progress}::float8, progress),
        log_bytes = log_bytes + ${bytes}::bigint, revision = revision + 1, updated_at = clock_timestamp()
      where id = ${id} and fence = ${fence} returning id`,
    );
    if (!mine) return false;
    if (events.length > 0 && (await appendEvents(em, id, fence, events)) === null) return false;
    const target = { stream: linesOf(id), fence, entity: JobLogLine, column: 'seq' };
    if (lines.length > 0 && (await append(em, target, lines)) === null) return false;
    await this.system.services.get(JobFollowers).told(em, this.job, { attempt: this.job.attempts, steps: events, lines });
    return true;
  }
}
