import { setTimeout as pause } from 'node:timers/promises';
import type { Random } from '../random.ts';
import type { Account } from './account.ts';
import { ask, type Outcome } from './ask.ts';

/** A job that was acknowledged. */
export interface ProducedJob {
  id: string;
  key: string;
  /** Stands before the first step of the job. */
  cursor: string;
  /** How many lines of each kind a whole run prints. */
  count: number;
  /** When somebody was told that their wish to stop it was noted. */
  cancelledAt: Date | null;
}

/** Where a producer lives. */
export interface ProducerSurroundings {
  urls: readonly string[];
  account: Account;
  random: Random;
}

const enqueueDocument = 'mutation($input: EnqueueJobInput!) { enqueueJob(input: $input) { cursor job { id } } }';
const cancelDocument = 'mutation($id: ID!) { cancelJob(input: { id: $id }) { job { status } } }';

/** Enqueues jobs and cancels them, and does not rest before each wish is acknowledged. */
export class Producer {
  readonly jobs: ProducedJob[] = [];
  /** Answers that no client may get. */
  readonly offences: string[] = [];
  /** How often a request had to be repeated. */
  retries = 0;
  #keys = 0;
  readonly #where: ProducerSurroundings;

  constructor(where: ProducerSurroundings) {
    this.#where = where;
  }

  /** Enqueues a job; comes back when it is acknowledged. */
  async enqueue(parameters: { lines: number; [name: string]: unknown }): Promise<ProducedJob> {
    const key = `chaos ${(this.#keys += 1)}`;
    const input = { name: 'chaos.count', parameters, priority: this.#where.random.between(-2, 2), idempotencyKey: key };
    const { enqueueJob } = await this.#insist(enqueueDocument, { input });
    const job: ProducedJob = { id: enqueueJob.job.id, cursor: enqueueJob.cursor, key, count: parameters.lines, cancelledAt: null };
    this.jobs.push(job);
    if (this.#where.random.chance(0.15)) await this.#repeat(job, input);
    return job;
  }

  /** Asks for a job to be stopped; comes back when that is acknowledged, or the job has ended before. */
  async cancel(job: ProducedJob): Promise<void> {
    const answer = await this.#insist(cancelDocument, { id: job.id }, 'PRECONDITION_FAILED');
    if (answer.cancelJob) job.cancelledAt ??= new Date();
  }

  /** Forgets what was checked. */
  forget(): void {
    this.jobs.length = 0;
  }

  async #repeat(job: ProducedJob, input: object): Promise<void> {
    const { enqueueJob } = await this.#insist(enqueueDocument, { input });
    if (enqueueJob.job.id !== job.id) this.offences.push(`the key "${job.key}" gave job ${job.id} and then ${enqueueJob.job.id}`);
  }

  async #insist(query: string, variables: object, known?: string): Promise<Record<string, any>> {
    for (;;) {
      const outcome: Outcome = await ask(this.#where.random.oneOf(this.#where.urls), await this.#where.account.token(), query, variables);
      if (outcome.is === 'data') return outcome.data;
      if (outcome.is === 'refused' && outcome.code === known) return {};
      if (outcome.is === 'refused') this.offences.push(`a producer was refused with ${outcome.code}: ${outcome.message}`);
      if (this.offences.length > 20) throw new Error(this.offences.at(-1));
      this.retries += 1;
      await pause(this.#where.random.between(50, 300));
    }
  }
}
