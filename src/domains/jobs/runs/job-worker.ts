import { setTimeout as pause } from 'node:timers/promises';
import { executeSql, sql } from '#core/database/sql.js';
import { Gauges } from '#core/feed/gauges.js';
import { sequence, type WriteSystem } from '#core/feed/write.js';
import { sequencedStream } from '#core/feed/streams.js';
import { Delivery } from '#core/jobs/delivery.js';
import { JobFollowers } from '#core/jobs/job-followers.js';
import { Operations } from '#core/jobs/operations.js';
import { claimJobs } from './claim-jobs.js';
import { endRun, type RunEnd } from './end-run.js';
import { cancelStream, eventsOf, linesOf, queueStream } from '../job-streams.js';
import { freeParked } from '../queue/free-parked.js';
import type { MovedJob, Mover } from '../queue/move-job.js';
import { recoverJobs } from './recover-jobs.js';
import { runDueSchedules } from '../schedules/run-due-schedules.js';
import type { RunObserver } from './run-observer.js';
import { Registration } from './registration.js';
import { removeOrphans } from './remove-orphans.js';
import { runJob } from './run-job.js';
import { runName } from './run-name.js';
import type { StopReason } from './stop-reason.js';

const tickMs = 1_000;
const longestStopMs = 10_000;

interface Run {
  jobId: string;
  controller: AbortController;
  done: Promise<void>;
}

// Also the earlier ones: whoever lost them left their folders.
const runsOf = ({ id, attempts }: MovedJob): string[] => Array.from({ length: attempts }, (_, i) => runName(id, i + 1));

/** Runs jobs in this process: takes them off their queues, watches for requests to stop, and recovers those of dead workers. */
export class JobWorker {
  // One job may be here twice: a run that is in other hands ends while the next one has already begun.
  readonly #runs = new Set<Run>();
  readonly #delivery: Delivery;
  readonly #registration: Registration;
  #stopping = false;
  #claiming: Promise<void> | null = null;
  #claimAgain = false;
  #timer: NodeJS.Timeout | null = null;
  #ticking: Promise<void> = Promise.resolve();
  #unlisten: (() => void)[] = [];

  constructor(
    readonly system: WriteSystem,
    readonly concurrency: number,
    readonly observer: RunObserver,
  ) {
    this.#delivery = system.services.get(Delivery);
    const gauges = system.services.get(Gauges);
    gauges.add('runningJobs', () => this.#runs.size);
    gauges.add('concurrency', () => concurrency);
    this.#registration = new Registration(system, concurrency, () => {
      for (const { controller } of this.#runs) controller.abort('fenced' satisfies StopReason);
    });
  }

  /** Starts to take jobs. */
  async start(): Promise<void> {
    await this.#registration.begin();
    await this.#attempt('remove what runs left', () => removeOrphans(this.system));
    const { bell } = this.system;
    this.#unlisten = [
      bell.listen(queueStream, () => this.#claim()),
      bell.listen(cancelStream, () => void this.#attempt('look for stops', () => this.#stopCancelled())),
    ];
    const tick = async (): Promise<void> => {
      await this.#attempt('recover jobs', () => this.#recover());
      await this.#attempt('look whether it counts as alive', () => this.#registration.check());
      await this.#attempt('look for stops', () => this.#stopCancelled());
      await this.#attempt('run schedules', () => runDueSchedules(this.system));
      await this.#attempt('look for parked jobs', () => this.#unpark());
      this.#claim();
      if (!this.#stopping) this.#timer = setTimeout(() => (this.#ticking = tick()), tickMs);
    };
    await (this.#ticking = tick());
  }

  /** Takes no more jobs, hands the running ones back, and says that the worker is gone. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#registration.close();
    if (this.#timer) clearTimeout(this.#timer);
    for (const unlisten of this.#unlisten) unlisten();
    // The tick may claim at its end.
    await this.#ticking;
    await this.#claiming;
    for (const { controller } of this.#runs) controller.abort('handedBack' satisfies StopReason);
    // What has not stopped by then, others find: its fence is theirs.
    await Promise.race([Promise.all([...this.#runs].map(({ done }) => done)), pause(longestStopMs, undefined, { ref: false })]);
    await this.#registration.end();
  }

  #claim(): void {
    this.#claimAgain = true;
    this.#claiming ??= this.#attempt('take jobs', () => this.#untilClaimed());
  }

  async #untilClaimed(): Promise<void> {
    try {
      await this.#claimAll();
    } finally {
      // In the same turn as the last look at #claimAgain: a caller must not get a round that is already over.
      this.#claiming = null;
    }
  }

  async #claimAll(): Promise<void> {
    // Not before whoever calls has the promise.
    await Promise.resolve();

    while (this.#claimAgain && !this.#stopping && this.#registration.isAlive) {
      this.#claimAgain = false;
      for (const queue of this.system.services.get(Operations).queues) {
        const free = this.concurrency - this.#runs.size;
        if (free <= 0) return;
        const { jobs, isMore } = await claimJobs(this.#mover(), queue, free, this.#registration.worker);
        for (const job of jobs) this.#run(job);
        // Also when what was taken had to be parked: what waits behind it must not.
        if (isMore) this.#claimAgain = true;
      }
    }
  }

  #run(job: MovedJob): void {
    const run: Run = { jobId: job.id, controller: new AbortController(), done: Promise.resolve() };
    this.#runs.add(run);
    run.done = this.#attempt(`run ${job.id}`, async () => {
      this.#tell(job);
      const began = performance.now();
      if (job.attempts === 1) this.observer.began(job.name, job.waitedMs ?? 0);
      const end = await runJob(this.system, job, run.controller);
      this.observer.ended(job.name, end?.is ?? 'fenced', performance.now() - began);
      if (end) await this.#end(job, end);
      this.#tell(job);
      await removeOrphans(this.system, runsOf(job));
    }).finally(() => {
      this.#runs.delete(run);
      this.#claim();
    });
  }

  // While the database is away the run stays this worker's; should the worker die meanwhile, others find it.
  async #end(job: MovedJob, end: RunEnd): Promise<void> {
    for (let isEnded = false; !isEnded;) {
      await this.#attempt(`end ${job.id}`, async () => {
        await this.system.database.fork().transactional((em) => endRun({ em, services: this.system.services }, job, end));
        isEnded = true;
        if (job.concurrencyKey !== null) this.system.bell.ring(queueStream);
      });
      if (this.#stopping) return;
      if (!isEnded) await new Promise((resolve) => setTimeout(resolve, tickMs));
    }
  }

  async #stopCancelled(): Promise<void> {
    if (this.#runs.size === 0) return;
    const cancelled = await executeSql<{ id: string }>(
      this.system.database.fork(),
      sql`
      select id from jobs where id = any(${this.#running()}::uuid[]) and cancel_requested_at is not null`,
    );
    const ids = new Set(cancelled.map(({ id }) => id));
    for (const { jobId, controller } of this.#runs) if (ids.has(jobId)) controller.abort('cancelled' satisfies StopReason);
  }

  async #recover(): Promise<void> {
    const recovered = await recoverJobs(this.#mover(), {
      workerId: this.#registration.worker.id,
      runs: this.#running(),
    });
    for (const job of recovered) this.#tell(job);
    if (recovered.length > 0) this.system.bell.ring(queueStream);
    // Also what a process committed just before it died, and a bell that was lost.
    await sequence(this.system);
  }

  async #unpark(): Promise<void> {
    if ((await freeParked(this.system.database.fork(), this.#delivery)) > 0) this.system.bell.ring(queueStream);
  }

  #running(): string[] {
    return [...this.#runs].map(({ jobId }) => jobId);
  }

  #mover(): Mover {
    return { em: this.system.database.fork(), services: this.system.services };
  }

  #tell(job: Pick<MovedJob, 'id' | 'follower' | 'followerId'>): void {
    this.system.bell.ring(eventsOf(job.id), linesOf(job.id), sequencedStream, ...this.system.services.get(JobFollowers).streamsOf(job));
    void sequence(this.system);
  }

  async #attempt(what: string, task: () => Promise<unknown>): Promise<void> {
    try {
      await task();
    } catch (err) {
      this.system.log.warn({ err }, `could not ${what}; tried again later`);
    }
  }
}
