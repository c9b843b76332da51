import { setTimeout as pause } from 'node:timers/promises';
import type { Account } from '../clients/account.ts';
import { drawFaults } from '../faults/all-faults.ts';
import type { Scene } from '../faults/fault.ts';
import type { Random } from '../random.ts';
import type { Stage } from '../stage/stage.ts';
import type { Cast } from './check-act.ts';
import { drawJob, isWide } from './draw-job.ts';
import type { Tally } from './tally.ts';
import { headOfEverything, openJobs } from './truth.ts';
import { until } from './until.ts';

const mostOpenJobs = 9;
const longestCatchUpMs = 60_000;
const longestEndMs = 150_000;

/** What an act needs. */
export interface ActConditions {
  stage: Stage;
  cast: Cast;
  account: Account;
  random: Random;
  tally: Tally;
  tell(line: string): void;
  /** Ends the run early. */
  signal: AbortSignal;
}

/** Lets faults strike for a while, and then waits until everything that was begun is over; returns what did not come to its end. */
export async function playAct(conditions: ActConditions, ms: number): Promise<string[]> {
  const { stage, cast, random, signal } = conditions;
  const problems: string[] = [];
  const isOver = new AbortController();
  const busy = [produce(conditions, isOver.signal), cast.writer.write(isOver.signal), cast.audience.disturb(isOver.signal)];
  try {
    const endAt = Date.now() + ms;
    while (Date.now() < endAt && problems.length === 0 && !signal.aborted) {
      await playRound(conditions, problems);
      await pause(random.between(100, 800));
    }
  } finally {
    isOver.abort();
  }
  await Promise.all(busy);
  await Promise.all(stage.actors.map((actor) => actor.ready()));
  problems.push(...stage.actors.flatMap((actor) => actor.offences.splice(0)));
  if (problems.length === 0 && !signal.aborted) problems.push(...(await awaitEnds(conditions)));
  return problems;
}

async function playRound({ stage, cast, random, tally, tell }: ActConditions, problems: string[]): Promise<void> {
  const faults = drawFaults(random);
  const scene: Scene = {
    stage,
    random: random.fork(),
    subscribers: () => cast.audience.present,
    complain: (offence) => void problems.push(offence),
  };
  await Promise.all(
    faults.map(async (fault) => {
      await pause(random.between(0, 300));
      await fault.strike(scene);
    }),
  );
  const started = Date.now();
  const head = await headOfEverything(stage.sql);
  const followers = cast.audience.ofEvents.map(({ subscriber }) => subscriber);
  const isCaughtUp = await until(() => followers.every(({ position }) => position >= head), longestCatchUpMs);
  const tookMs = Date.now() - started;
  tally.rounds += 1;
  tally.catchUpMs.push(tookMs);
  for (const { name } of faults) tally.faults[name] = (tally.faults[name] ?? 0) + 1;
  tell(`round ${tally.rounds}: ${faults.map(({ name }) => name).join(' + ')}; all caught up after ${tookMs} ms`);
  if (isCaughtUp) return;
  const late = cast.audience.ofEvents.filter(({ subscriber }) => subscriber.position < head);
  problems.push(
    ...late.map(
      ({ subscriber: { history, position } }) =>
        `${history.name} stands at ${position} ${longestCatchUpMs} ms after everything stood at ${head}`,
    ),
  );
}

async function produce({ stage, cast, random: shared }: ActConditions, isOver: AbortSignal): Promise<void> {
  const random = shared.fork();
  const waiting: Promise<void>[] = [];
  while (!isOver.aborted) {
    if ((await openJobs(stage.sql)) < mostOpenJobs) {
      const parameters = drawJob(random);
      const job = await cast.producer.enqueue(parameters);
      cast.audience.follow(job);
      if (isWide(parameters)) waiting.push(cast.audience.letFallBehind(job, isOver));
      if (random.chance(0.12)) waiting.push(pause(random.between(0, 2_500)).then(() => cast.producer.cancel(job)));
    }
    await pause(random.between(100, 600));
  }
  await Promise.all(waiting);
}

async function awaitEnds({ stage, cast: { audience } }: ActConditions): Promise<string[]> {
  if (!(await until(async () => (await openJobs(stage.sql)) === 0, longestEndMs))) return ['there are jobs that do not end'];
  // What was written last gets its place within a second.
  const isPlaced = async (): Promise<boolean> =>
    (await stage.sql.read('select 1 from job_events where position is null union all select 1 from changes where position is null limit 1'))
      .length === 0;
  if (!(await until(isPlaced, longestCatchUpMs))) return ['there are rows that get no place in the order of everything'];
  const head = await headOfEverything(stage.sql);
  const isSeen = await until(
    () =>
      audience.ofJobs.every(({ subscriber }) => subscriber.hasEnded) &&
      audience.ofEvents.every(({ subscriber }) => subscriber.position >= head),
    longestCatchUpMs,
  );
  if (isSeen) return [];
  return [
    ...audience.ofJobs
      .filter(({ subscriber }) => !subscriber.hasEnded)
      .map(({ subscriber }) => `${subscriber.history.name}: its end does not come`),
    ...audience.ofEvents
      .filter(({ subscriber }) => subscriber.position < head)
      .map(({ subscriber }) => `${subscriber.history.name}: it does not catch up`),
  ];
}
