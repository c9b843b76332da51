import type { EntityManager } from '@mikro-orm/postgresql';
import { fromKysely, PgBoss } from 'pg-boss';
import type { Logger } from '#core/log/logger.js';

const keepSeconds = 3_600;

/** Brings the ids of jobs to the workers; what a job is, its own row says. */
export class Delivery {
  readonly #boss: PgBoss;
  readonly #open = new Set<string>();

  constructor(url: string, log: Logger) {
    this.#boss = new PgBoss({ connectionString: url, max: 2, schedule: false, supervise: true, application_name: 'signalbox delivery' });
    this.#boss.on('error', (err) => log.warn({ err }, 'the job delivery had an error'));
  }

  /** Brings the delivery's own tables up to date and opens the queues. */
  async start(queues: readonly string[]): Promise<void> {
    await this.#boss.start();
    await this.open(queues);
  }

  /** Opens queues; one that is open already stays as it is. */
  async open(queues: readonly string[]): Promise<void> {
    for (const queue of queues) {
      if (this.#open.has(queue)) continue;
      await this.#boss.createQueue(queue, { deleteAfterSeconds: keepSeconds });
      this.#open.add(queue);
    }
  }

  /** Puts a job's id on a queue, within the caller's transaction. */
  async send(
    em: EntityManager,
    queue: string,
    jobId: string,
    { priority = 0, startAfter }: { priority?: number; startAfter?: Date } = {},
  ): Promise<void> {
    await this.#boss.send(queue, { jobId }, { db: within(em), priority, retryLimit: 0, ...(startAfter && { startAfter }) });
  }

  /** Puts the ids of jobs on their queues, within the caller's transaction. */
  async sendAll(em: EntityManager, deliveries: readonly { queue: string; jobId: string; priority: number }[]): Promise<void> {
    for (const [queue, each] of Map.groupBy(deliveries, (delivery) => delivery.queue))
      await this.#boss.insert(
        queue,
        each.map(({ jobId, priority }) => ({ data: { jobId }, priority, retryLimit: 0 })),
        { db: within(em) },
      );
  }

  /** Takes up to `limit` ids off a queue, within the caller's transaction: a rollback puts them back. */
  async take(em: EntityManager, queue: string, limit: number): Promise<string[]> {
    const deliveries = await this.#boss.fetch<{ jobId: string }>(queue, { batchSize: limit, db: within(em) });
    if (deliveries.length > 0)
      await this.#boss.complete(
        queue,
        deliveries.map(({ id }) => id),
        null,
        { db: within(em) },
      );
    return deliveries.map(({ data }) => data.jobId);
  }

  /** Stops the delivery's upkeep and closes its connections. */
  async stop(): Promise<void> {
    await this.#boss.stop({ graceful: false });
  }
}

const within = (em: EntityManager) => fromKysely(em.getKysely() as never);
