import type { EntityManager } from '@mikro-orm/postgresql';
import type { Database } from '#core/database/open-database.js';
import { translateError } from '#core/database/translate-error.js';
import type { Logger } from '#core/log/logger.js';
import type { Bell } from './bell.js';
import { captureChanges } from './captured-changes.js';
import { ChangeRetention } from './change-retention.js';
import { insertChanges, type ChangeDetails, type RecordedChange } from './insert-changes.js';
import type { Origin } from './origin.js';
import type { Sequencer } from './sequencer.js';
import type { Services } from './services.js';
import { positionsOf, sequencedStream } from './streams.js';

/** What every process needs to write. */
export interface WriteSystem {
  readonly database: Database;
  readonly bell: Bell;
  readonly sequencer: Sequencer;
  readonly log: Logger;
  readonly services: Services;
}

/** What a use case gets: one transaction, who acts, and the ways to tell of the change. */
export interface WriteContext extends Origin {
  readonly em: EntityManager;
  readonly now: Date;
  readonly log: Logger;
  readonly services: Services;
  /** Records what was done to an entity; before and after come from the ORM's change set. */
  record(action: string, subject?: object | null, more?: ChangeDetails): void;
  /** Rings a stream after the commit; the payload's cursor holds the position in it, by default where it stands at the end of the transaction. */
  touch(stream: string, position?: number): void;
  /** Runs after the commit, and not at all when it fails. */
  afterCommit(task: () => void): void;
  /** Runs when the transaction fails, after it was rolled back as far as this process can tell: undoes what is not in the database. */
  afterRollback(task: () => void): void;
}

/** What a committed write returns: the use case's result, and where its change stands in the streams. */
export interface Written<Result> {
  result: Result;
  changeIds: string[];
  positions: Record<string, number>;
}

/** Runs a use case in one transaction: flush, record, commit, and only then tell the world. */
export async function write<Result>(
  system: WriteSystem,
  origin: Origin,
  useCase: (context: WriteContext) => Promise<Result>,
): Promise<Written<Result>> {
  const recorded: RecordedChange[] = [];
  const positions: Record<string, number> = {};
  const rings = new Set<string>();
  const tasks: (() => void)[] = [];
  const undoing: (() => void)[] = [];
  let changeIds: string[] = [];
  const run = async (em: EntityManager): Promise<Result> => {
    const captured = captureChanges(em);
    const result = await useCase({
      ...origin,
      em,
      now: new Date(),
      log: system.log,
      services: system.services,
      record: (action, subject = null, more = {}) => void recorded.push({ action, subject, ...more }),
      touch: (stream, position) => {
        rings.add(stream);
        if (position !== undefined) positions[stream] = position;
      },
      afterCommit: (task) => void tasks.push(task),
      afterRollback: (task) => void undoing.push(task),
    });
    await em.flush();
    changeIds = await insertChanges(em, origin, system.services.get(ChangeRetention).daysOf, recorded, captured);
    // Within the transaction: what others append from now on comes after this change.
    const open = [...rings].filter((stream) => !Object.hasOwn(positions, stream) && stream !== sequencedStream);
    if (open.length > 0) Object.assign(positions, await positionsOf(em, open));
    return result;
  };
  try {
    const result = await system.database
      .fork()
      .transactional(run)
      .catch((error: unknown) => {
        for (const task of undoing.reverse()) task();
        throw error;
      });
    for (const task of tasks) task();
    if (recorded.length > 0 || rings.has(sequencedStream)) void sequence(system);
    system.bell.ring(...rings);
    return { result, changeIds, positions };
  } catch (error) {
    throw translateError(error);
  }
}

/** Sequences what is committed and wakes the feeds that cross streams. */
export async function sequence({ sequencer, bell, log }: Pick<WriteSystem, 'sequencer' | 'bell' | 'log'>): Promise<void> {
  try {
    await sequencer.run();
    bell.ring(sequencedStream);
  } catch (err) {
    log.warn({ err }, 'sequencing failed; the next write or the periodic run does it');
  }
}
