import { setImmediate as turn } from 'node:timers/promises';
import { UniqueConstraintViolationException, type EntityManager } from '@mikro-orm/postgresql';
import { AppError } from '#core/errors/app-error.js';
import { declarationOf } from '#core/database/declare/registry.js';
import { newId } from '#core/database/id.js';
import { translateError } from '#core/database/translate-error.js';
import { append, sequencedStream } from '#core/feed/streams.js';
import { sequence, type WriteSystem } from '#core/feed/write.js';
import type { LogEntry, Progress } from '#core/jobs/child/protocol.js';
import type { RunOutput } from '#core/jobs/run-child.js';
import { JobLogLine, LogLevel } from './job-log-line.entity.js';
import { eventsOf, linesOf } from './job-streams.js';
import type { MovedJob } from './move-job.js';
import { clean, stepOf, type Step } from './step.js';
import { storeSteps } from './store-steps.js';
import type { StopReason } from './stop-reason.js';

const flushMs = 25;
const mostBuffered = 2_000;
const retryMs = 500;
const longestAwayMs = 60_000;

/**
 * Writes what one run tells, in order and in batches; whoever tells more than can be written waits. While the database is away a
 * batch is kept and tried again.
 */
export class RunTelemetry implements RunOutput {
  #lines: object[] = [];
  #events: Step[] = [];
  #timer: NodeJS.Timeout | null = null;
  #flushing: Promise<void> = Promise.resolve();
  #failure: { error: unknown } | null = null;

  /** Aborts the run as `fenced` when its job is in other hands, and when the run tells what cannot be stored. */
  constructor(
    readonly system: WriteSystem,
    readonly job: MovedJob,
    readonly controller: AbortController,
  ) {}

  async progress(told: Progress): Promise<void> {
    this.#events.push(stepOf({ status: 'RUNNING', attempt: this.job.attempts }, told));
    await this.#due(this.#events.length);
  }

  log({ level, text, fields }: LogEntry): Promise<void> {
    const known = Object.hasOwn(LogLevel.values, level) ? level : 'INFO';
    return this.#line({ stream: 'STRUCTURED', level: known, text: clean(text), fields: fields ?? null });
  }

  print(stream: 'STDOUT' | 'STDERR', text: string): Promise<void> {
    return this.#line({ stream, level: stream === 'STDOUT' ? 'INFO' : 'WARN', text: clean(text), fields: null });
  }

  /** Writes whatever is left; fails when anything that was told could not be stored. */
  async end(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    await this.#flush();
  }

  async #line(line: object): Promise<void> {
    this.#lines.push({
      ...line,
      id: newId(declarationOf(JobLogLine).type),
      job: this.job.id,
      attempt: this.job.attempts,
      createdAt: new Date(),
    });
    await this.#due(this.#lines.length);
  }

  async #due(buffered: number): Promise<void> {
    if (buffered >= mostBuffered) return this.#flush();
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.#flush().catch((err: unknown) => this.controller.abort(`What the run told could not be stored: ${(err as Error).message}`));
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
    // What comes behind something that is missing would make a hole.
    if (this.#failure) throw this.#failure.error;
    const [lines, events] = [this.#lines, this.#events];
    if (lines.length + events.length === 0) return;
    this.#lines = [];
    this.#events = [];
    const isStored = await this.#store(lines, events).catch((error: unknown) => {
      this.#failure = { error };
      throw error;
    });
    if (!isStored) return this.controller.abort('fenced' satisfies StopReason);
    const { bell } = this.system;
    const { id } = this.job;
    if (lines.length > 0) bell.ring(linesOf(id));
    if (events.length > 0) {
      bell.ring(eventsOf(id), sequencedStream);
      void sequence(this.system);
    }
  }

  async #store(lines: readonly object[], events: readonly Step[]): Promise<boolean> {
    const giveUpAt = Date.now() + longestAwayMs;
    for (;;) {
      try {
        return await this.system.database.fork().transactional((em) => this.#append(em, lines, events));
      } catch (error) {
        // The answer to an earlier try was lost, not its commit: the ids are there already.
        if (error instanceof UniqueConstraintViolationException) return true;
        if (translateError(error) instanceof AppError || this.controller.signal.reason === 'fenced' || Date.now() > giveUpAt) throw error;
        await new Promise((resolve) => setTimeout(resolve, retryMs));
      }
    }
  }

  async #append(em: EntityManager, lines: readonly object[], events: readonly Step[]): Promise<boolean> {
    const { id, fence } = this.job;
    if (events.length > 0 && !(await storeSteps(em, this.job, events))) return false;
    return lines.length === 0 || (await append(em, { stream: linesOf(id), fence, entity: JobLogLine, column: 'seq' }, lines)) !== null;
  }
}
