import type { Writable } from 'node:stream';
import type { Answer, Outlet } from '#core/feed/outlet.js';

/** An outlet into a stream of bytes: full while more waits than the stream's high-water mark. */
export abstract class StreamOutlet implements Outlet {
  #draining: Promise<void> | null = null;

  constructor(readonly stream: Writable) {}

  get isFull(): boolean {
    return this.stream.writableNeedDrain;
  }

  abstract send(answer: Answer): void;

  // One promise for whoever waits: each would leave listeners on the stream until it drains.
  drained(): Promise<void> {
    const { stream } = this;
    if (!stream.writableNeedDrain || stream.destroyed) return Promise.resolve();
    return (this.#draining ??= new Promise<void>((resolve) => {
      const over = (): void => {
        stream.off('drain', over).off('close', over);
        this.#draining = null;
        resolve();
      };
      stream.on('drain', over).on('close', over);
    }));
  }
}
