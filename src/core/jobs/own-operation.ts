import type { WriteSystem } from '#core/feed/write.js';
import type { LogEntry, Progress } from './child/protocol.js';

/** What a run within the worker's process gets. */
export interface OwnRun {
  readonly system: WriteSystem;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Aborted when the job is cancelled, its time is over or the server stops: the run throws the signal's reason as soon as it can. */
  readonly signal: AbortSignal;
  progress(step: Progress): Promise<void>;
  log(level: LogEntry['level'], text: string, fields?: unknown): Promise<void>;
}

/** An operation of Signalbox itself, which a domain carries out in the process of the worker. */
export interface OwnOperation {
  /** Jobs call it `upkeep.<name>`. */
  readonly name: string;
  readonly description: string;
  /** JSON Schema of its parameters; none when left out. */
  readonly inputSchema?: object;
  readonly timeoutMs?: number;
  /** When it runs by itself, in UTC; a schedule of its name is made at the start when there is none. */
  readonly cron?: string;
  readonly run: (run: OwnRun) => Promise<unknown>;
}
