import { checkLeaks } from '../check/check-leaks.ts';
import { Account } from '../clients/account.ts';
import { DirectWriter } from '../clients/direct-writer.ts';
import { Producer } from '../clients/producer.ts';
import { socketTransport } from '../clients/socket-transport.ts';
import { streamTransport } from '../clients/stream-transport.ts';
import type { ChaosOptions } from '../options.ts';
import { Random } from '../random.ts';
import { Stage } from '../stage/stage.ts';
import { playAct } from './act.ts';
import { Audience } from './audience.ts';
import { checkAct, type Cast } from './check-act.ts';
import { emptyTally, type Tally } from './tally.ts';
import { takeSample } from './take-sample.ts';

/** How a run is watched. */
export interface Watching {
  tell(line: string): void;
  signal: AbortSignal;
}

/** What came of a run: an empty list of problems is success. */
export interface Outcome {
  problems: string[];
  tally: Tally;
  /** Where the logs of the processes are, when something is to be found in them. */
  folder: string | null;
}

const longestActMs = 120_000;
const quietMs = 6_000;

/** Plays act after act until the time is over or something is wrong; after each, everything is compared and the survivor is measured. */
export async function play(options: ChaosOptions, { tell, signal }: Watching): Promise<Outcome> {
  const { minutes, seed } = options;
  const random = new Random(seed);
  const tally = emptyTally();
  const problems: string[] = [];
  const stage = await Stage.build({ withRedis: options.redis });
  try {
    const account = new Account(stage.urls);
    const cast = await castOf(stage, account, random, options);
    const startedAt = Date.now();
    const endAt = startedAt + minutes * 60_000;
    const sample = async (): Promise<void> => {
      const taken = await takeSample(stage, (Date.now() - startedAt) / 60_000, minutes < 3 ? 500 : quietMs);
      tally.samples.push(taken);
      tell(`sample: ${JSON.stringify(taken, (_key, value: unknown) => (typeof value === 'number' ? Math.round(value * 10) / 10 : value))}`);
    };
    await cast.audience.leave();
    await sample();
    while (Date.now() < endAt && problems.length === 0 && !signal.aborted) {
      cast.audience.comeBack();
      const left = endAt - Date.now();
      problems.push(
        ...(await playAct(
          { stage, cast, account, random, tally, tell, signal },
          Math.min(longestActMs, Math.max(left, minutes < 3 ? left : longestActMs / 4)),
        )),
      );
      await cast.audience.leave();
      tally.acts += 1;
      if (signal.aborted) break;
      problems.push(...(await checkAct(cast, tally)));
      await sample();
      countReconnects(tally, cast, stage);
      forget(cast);
      tell(`act ${tally.acts}: ${problems.length === 0 ? 'everything is as it must be' : `${problems.length} problems`}`);
    }
    problems.push(...checkLeaks(tally.samples));
  } catch (error) {
    problems.push(`the run itself failed: ${(error as Error).stack}`);
  } finally {
    await stage.close({ isKept: problems.length > 0 });
  }
  return { problems, tally, folder: problems.length > 0 ? stage.folder : null };
}

async function castOf(stage: Stage, account: Account, random: Random, { sse }: ChaosOptions): Promise<Cast> {
  const { urls, sql } = stage;
  const producer = new Producer({ urls, account, random: random.fork() });
  const writer = new DirectWriter(stage.database.url, random.fork());
  await writer.prepare(sql);
  const transports = sse ? [socketTransport, streamTransport] : [socketTransport];
  const audience = new Audience({ urls, account, random: random.fork() }, transports);
  const first = await producer.enqueue({ lines: 5 });
  audience.follow(first);
  audience.followAll({});
  audience.followAll({});
  audience.followAll({ after: first.cursor });
  audience.followAll({ last: 3 });
  audience.followAll({}, ['SUCCEEDED', 'FAILED', 'CANCELLED']);
  audience.followAll({ after: first.cursor }, ['RUNNING']);
  return { sql, producer, writer, audience };
}

function countReconnects(tally: Tally, { producer, audience }: Cast, stage: Stage): void {
  for (const { subscriber } of [...audience.ofJobs, ...audience.ofEvents]) {
    tally.reconnects += subscriber.reconnects;
    subscriber.reconnects = 0;
  }
  tally.retries = producer.retries;
  tally.restarts = stage.actors.reduce((sum, { starts }) => sum + starts - 1, 0);
}

function forget({ producer, writer, audience }: Cast): void {
  producer.forget();
  writer.forget();
  audience.ofJobs.length = 0;
  for (const { subscriber } of audience.ofEvents) subscriber.forget();
}
