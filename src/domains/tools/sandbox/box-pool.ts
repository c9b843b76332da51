import type { Logger } from '#core/log/logger.js';
import { Box, pyodideFolder, type BoxOptions } from './box.js';
import type { Snapshots } from './snapshots.js';

/** What a pool keeps. */
export interface BoxPoolOptions {
  box: BoxOptions;
  /** How many boxes wait, loaded, for a run. */
  size: number;
  /** How long they wait after the last run before they are ended. */
  idleMs: number;
  snapshots: Snapshots;
  log: Logger;
}

interface Waiting {
  /** Null when it did not start. */
  ready: Promise<Box | null>;
  isReady: boolean;
  end(): void;
}

const startMs = 60_000;
const firstPauseMs = 500;
const longestPauseMs = 60_000;
// The run that has just got a box comes first.
const refillMs = 50;

/** Boxes that have loaded Python and wait for their only run, so that a run need not wait for the start of a process. */
export class BoxPool {
  readonly #waiting: Waiting[] = [];
  readonly #boxes = new Set<Box>();
  #isStopped = false;
  #failures = 0;
  #inUse = 0;
  #refill: NodeJS.Timeout | undefined;
  #idle: NodeJS.Timeout | undefined;

  constructor(private readonly options: BoxPoolOptions) {}

  /** A box for one run, loaded; the caller ends it. Null when none starts. */
  async lease(): Promise<Box | null> {
    if (this.#isStopped) return null;
    clearTimeout(this.#idle);
    this.#inUse += 1;
    const next = this.#waiting.find(({ isReady }) => isReady) ?? this.#waiting[0];
    if (next) this.#waiting.splice(this.#waiting.indexOf(next), 1);
    this.#refillIn(refillMs);
    const box = (await next?.ready) ?? (await this.#start().ready);
    void (box?.gone ?? Promise.resolve()).then(() => this.#given());
    return box;
  }

  /** Ends all boxes, those that are in use too, and waits until they are gone. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#sleep();
    const gone = [...this.#boxes].map((box) => (box.kill(), box.gone));
    await Promise.all([...gone, this.options.snapshots.stop()]);
  }

  #given(): void {
    this.#inUse -= 1;
    if (this.#inUse > 0 || this.#isStopped) return;
    this.#idle = setTimeout(() => this.#sleep(), this.options.idleMs).unref();
  }

  #sleep(): void {
    clearTimeout(this.#refill);
    clearTimeout(this.#idle);
    this.#refill = undefined;
    for (const { end } of this.#waiting.splice(0)) end();
  }

  #refillIn(delayMs: number): void {
    if (this.#isStopped || this.#refill || this.#waiting.length >= this.options.size) return;
    this.#refill = setTimeout(() => {
      this.#refill = undefined;
      const waiting = this.#start();
      this.#waiting.push(waiting);
      void waiting.ready.then((box) => this.#settled(waiting, box));
    }, delayMs).unref();
  }

  #settled(waiting: Waiting, box: Box | null): void {
    waiting.isReady = box !== null;
    if (box === null) return this.#lost(waiting);
    this.#failures = 0;
    void box.gone.then(() => this.#lost(waiting));
    this.#refillIn(0);
  }

  // A box that has ended before it was used: others would do the same, so the next one waits.
  #lost(waiting: Waiting): void {
    const index = this.#waiting.indexOf(waiting);
    if (index < 0) return;
    this.#waiting.splice(index, 1);
    this.#failures += 1;
    const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** (this.#failures - 1));
    this.options.log.warn({ pauseMs }, 'a process for Python ended before it was used');
    this.#refillIn(pauseMs);
  }

  #open(file: number | undefined): Box {
    const box = new Box({ ...this.options.box, file });
    this.#boxes.add(box);
    void box.gone.then(() => this.#boxes.delete(box));
    return box;
  }

  #start(): Waiting {
    let isEnded = false;
    let box: Box | null = null;
    const starting = async (isCold: boolean): Promise<Box | null> => {
      const file = isCold ? null : await this.options.snapshots.open();
      const opened = isEnded || this.#isStopped ? null : this.#open(file?.fd);
      box = opened;
      await file?.close();
      if (opened === null) return null;
      if (await isLoaded(opened, file !== null)) return opened;
      opened.kill();
      const errors = await opened.gone;
      if (isEnded || this.#isStopped) return null;
      this.options.log.warn({ errors, withSnapshot: file !== null }, 'a process for Python did not start');
      if (file === null) return null;
      await this.options.snapshots.discard();
      return starting(true);
    };
    return {
      isReady: false,
      ready: starting(false).catch((error: unknown) => {
        this.options.log.error({ err: error }, 'no process for Python can be started');
        return null;
      }),
      end() {
        isEnded = true;
        box?.kill();
      },
    };
  }
}

function isLoaded(box: Box, hasSnapshot: boolean): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), startMs);
    const end = (isReady: boolean): void => {
      clearTimeout(timer);
      resolve(isReady);
    };
    box.onSaid = (said) => end(said.is === 'ready');
    void box.gone.then(() => end(false));
    void box.send({ do: 'load', pyodide: pyodideFolder, hasSnapshot });
  });
}
