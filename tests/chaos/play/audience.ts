import { setTimeout as pause } from 'node:timers/promises';
import type { Item } from '../check/history.ts';
import type { SeenEvent } from '../check/check-events.ts';
import { jobEvents, jobLogs, jobProgress, type Feed } from '../clients/feeds.ts';
import type { ProducedJob } from '../clients/producer.ts';
import { Subscriber, type Following, type Surroundings } from '../clients/subscriber.ts';
import type { Transport } from '../clients/transport.ts';

/** Somebody who follows one job. */
export interface JobFollower {
  job: ProducedJob;
  feed: Feed<Item>;
  subscriber: Subscriber<Item>;
}

/** Somebody who follows the events of all jobs, or of those in some states. */
export interface EventFollower {
  statuses: readonly string[] | null;
  subscriber: Subscriber<SeenEvent>;
}

/** Everybody who follows something. */
export class Audience {
  readonly ofJobs: JobFollower[] = [];
  readonly ofEvents: EventFollower[] = [];
  readonly #where: Surroundings;
  readonly #transports: readonly Transport[];

  constructor(where: Surroundings, transports: readonly Transport[]) {
    this.#where = where;
    this.#transports = transports;
  }

  /** Everybody who is still waiting for something. */
  get present(): Subscriber<unknown>[] {
    return [...this.ofJobs, ...this.ofEvents]
      .map(({ subscriber }) => subscriber as Subscriber<unknown>)
      .filter(({ hasEnded }) => !hasEnded);
  }

  /** Lets some follow a job that was just enqueued. */
  follow(job: ProducedJob): void {
    const { random } = this.#where;
    for (let i = random.between(1, 3); i > 0; i--) {
      const feed = random.chance(0.65) ? jobLogs : jobProgress;
      const from = random.oneOf([{ after: job.cursor }, { after: job.cursor }, { last: random.between(1, 200) }, {}]);
      const name = `${feed.name} of job ${job.id}, from ${JSON.stringify(from)}`;
      this.ofJobs.push({ job, feed, subscriber: this.#subscriber({ name, feed, jobId: job.id, from }) });
    }
  }

  /** Lets two follow the lines of a job, one of whom does not read for a while. */
  async letFallBehind(job: ProducedJob, until: AbortSignal): Promise<void> {
    const [slow] = [1, 2].map((number) => {
      const name = `jobLogs of job ${job.id}, ${number === 1 ? 'slowly' : 'beside a slow one'}`;
      const subscriber = this.#subscriber({ name, feed: jobLogs, jobId: job.id, from: { after: job.cursor } });
      this.ofJobs.push({ job, feed: jobLogs, subscriber });
      return subscriber;
    });
    const wakeAt = Date.now() + this.#where.random.between(4_000, 12_000);
    // As soon as it is live, and again should it have come back over another connection.
    for (; Date.now() < wakeAt && !until.aborted; await pause(50)) if (slow!.position > 0 && !slow!.isPaused) slow!.pause();
    slow!.resume();
  }

  /** Lets somebody follow the events of all jobs. */
  followAll(from: { after?: string; last?: number }, statuses: readonly string[] | null = null): void {
    const name = `jobEvents ${this.ofEvents.length + 1}, from ${JSON.stringify(from)}${statuses ? `, ${statuses.join()}` : ''}`;
    const filter = statuses ? { filter: { status: { in: statuses } } } : {};
    this.ofEvents.push({ statuses, subscriber: this.#subscriber({ name, feed: jobEvents, jobId: null, from, ...filter }) });
  }

  /** Cuts somebody's connection now and then, until it is told to stop. */
  async disturb(until: AbortSignal): Promise<void> {
    while (!until.aborted) {
      for (const subscriber of this.present) if (this.#where.random.chance(0.03)) subscriber.cut();
      await pause(1_000);
    }
  }

  /** Lets everybody go, some of them without a goodbye. */
  async leave(): Promise<void> {
    const all = [...this.ofJobs, ...this.ofEvents];
    await Promise.all(all.map(({ subscriber }) => subscriber.leave({ abruptly: this.#where.random.chance(0.3) })));
  }

  /** Lets everybody come back. */
  comeBack(): void {
    for (const { subscriber } of [...this.ofJobs, ...this.ofEvents]) subscriber.join();
  }

  #subscriber<Seen>(what: Omit<Following<Seen>, 'transport'>): Subscriber<Seen> {
    const random = this.#where.random.fork();
    return new Subscriber({ ...what, transport: random.oneOf(this.#transports) }, { ...this.#where, random });
  }
}
