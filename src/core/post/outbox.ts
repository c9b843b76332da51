import type { EntityManager } from '@mikro-orm/postgresql';
import type { EntityClass } from '#core/database/declare/declaration.js';
import { sql } from '#core/database/sql.js';
import type { Severity } from '#core/feed/change.entity.js';
import { ownOrigin } from '#core/feed/origin.js';
import { write, type WriteSystem } from '#core/feed/write.js';
import type { OutboxEntity } from './outbox-entity.js';
import type { Post } from './post.js';

const lookMs = 5_000;
const mostAttempts = 8;

/** When to send a row `n` again that is being sent for the time that its `attempts` count: later each time, an hour at most. */
export const nextAttempt = sql`now() + least(power(4, n.attempts) * 15, 3600) * interval '1 second'`;

/** What could not be sent, and why. */
export interface Undelivered {
  id: string;
  attempts: number;
  error: unknown;
  /** Whether it is given up whatever its attempts are. */
  isHopeless?: boolean;
  /** What the log says of it. */
  about?: object;
}

/**
 * Sends what a table says is to be sent, one row after another, in every process: whenever it is woken and every five seconds, so that a
 * wake that got lost delays, and loses nothing.
 */
export abstract class Outbox {
  #timer: NodeJS.Timeout | null = null;
  #running: Promise<void> | null = null;
  #isWanted = false;

  constructor(
    readonly system: Pick<WriteSystem, 'database' | 'bell' | 'log' | 'services' | 'sequencer'>,
    readonly post: Post | null,
  ) {}

  /** Whether anything can be sent at all. */
  get isOpen(): boolean {
    return this.post !== null;
  }

  /** Looks now and then from now on. */
  start(): void {
    if (this.isOpen) this.#timer = setInterval(() => this.wake(), lookMs).unref();
  }

  /** Looks at once; a call while it is under way lets it look once more. */
  wake(): void {
    if (!this.isOpen) return;
    this.#isWanted = true;
    this.#running ??= this.#run(this.post!).finally(() => (this.#running = null));
  }

  /** Looks no longer, after what is being sent. */
  async stop(): Promise<void> {
    if (this.#timer) clearInterval(this.#timer);
    this.#isWanted = false;
    await this.#running;
  }

  /** Sends the next; false when nothing is due. Its next attempt is noted first: one that dies with its process is made again. */
  protected abstract sendNext(post: Post): Promise<boolean>;

  /** Notes why a row could not be sent; the last time it is given up, which is recorded under `action`. */
  protected async noteFailure<Entity extends OutboxEntity>(
    entity: EntityClass<Entity>,
    { id, attempts, error, isHopeless = false, about = {} }: Undelivered,
    { action, severity }: { action: string; severity: Severity },
  ): Promise<void> {
    const reason = (error instanceof Error ? error.message : String(error)).slice(0, 500);
    const isLast = isHopeless || attempts >= mostAttempts;
    this.system.log.warn(
      { notice: id, ...about, attempts, reason },
      isLast ? 'a notice could not be sent' : 'a notice is sent again later',
    );
    await write(this.system, ownOrigin, async ({ em, record }) => {
      const row = await (em as EntityManager).findOne<OutboxEntity>(entity, { id });
      if (!row) return;
      row.lastError = reason;
      if (!isLast) return;
      row.nextAttemptAt = null;
      record(action, row, { outcome: 'ERROR', severity, message: reason });
    });
  }

  async #run(post: Post): Promise<void> {
    try {
      while (this.#isWanted) {
        this.#isWanted = false;
        while (await this.sendNext(post));
      }
    } catch (err) {
      this.system.log.warn({ err }, 'the notices that are to be sent could not be looked at; tried again later');
    }
  }
}
