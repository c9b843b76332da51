import type { WriteContext, WriteSystem } from '#core/feed/write.js';
import type { LogEntry, Progress } from './child/protocol.js';
import type { OwnSlug } from './own-slugs.js';

/** What a run within the worker's process gets. */
export interface OwnRun {
  readonly system: WriteSystem;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Aborted when the job is cancelled, its time is over or the server stops: the run throws the signal's reason as soon as it can. */
  readonly signal: AbortSignal;
  progress(step: Progress): Promise<void>;
  log(level: LogEntry['level'], text: string, fields?: unknown): Promise<void>;
  /** Stores a line that something printed which the run has started. */
  print(stream: 'STDOUT' | 'STDERR', text: string): Promise<void>;
}

/** An operation of Signalbox itself, which a domain carries out in the process of the worker. */
export interface OwnOperation {
  /** Jobs call it `<slug>.<name>`. */
  readonly name: string;
  /** `upkeep` when left out. */
  readonly slug?: OwnSlug;
  readonly description: string;
  /** JSON Schema of its parameters; none when left out. */
  readonly inputSchema?: object;
  readonly timeoutMs?: number;
  /** How many of its runs may take place at once, over all workers, or for each value of a parameter; one when left out, no limit of its own when null. */
  readonly concurrency?: { readonly limit: number; readonly key?: string } | null;
  /** How many runs a job has before it is given up; 3 when left out. */
  readonly maxAttempts?: number;
  /** Whether only domains ask for it, on terms of theirs: nobody can enqueue, schedule or repeat it by hand. */
  readonly isInternal?: boolean;
  /** The permission that changing its schedule and stopping a run of somebody else take besides, with a fresh proof of who it is; none when left out. */
  readonly guardedBy?: `${string}:${string}`;
  /** When it runs by itself, in UTC; a schedule of its name is made at the start when there is none. */
  readonly cron?: string;
  /** Asked at those times; when it says no, no job is made. Left out, one is made each time. */
  readonly hasWork?: (reading: Pick<WriteContext, 'em' | 'services'>) => Promise<boolean>;
  readonly run: (run: OwnRun) => Promise<unknown>;
}
