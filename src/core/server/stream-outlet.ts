import type { Writable } from 'node:stream';
import type { Answer, Outlet } from '#core/feed/outlet.js';

/** An outlet into a stream of bytes: full while more waits than the stream's high-water mark. */
export abstract class StreamOutlet implements Outlet {
  constructor(readonly stream: Writable) {}

  get isFull(): boolean {
    return this.stream.writableNeedDrain;
  }

  abstract send(answer: Answer): void;

  drained(): Promise<void> {
    const { stream } = this;
    return stream.writableNeedDrain && !stream.destroyed ? drainOf(stream) : Promise.resolve();
  }
}

// One for each stream, however many subscriptions of a socket wait for it, and however often they ask.
const drains = new WeakMap<Writable, Promise<void>>();

function drainOf(stream: Writable): Promise<void> {
  let drain = drains.get(stream);
  if (!drain) {
    drain = new Promise((resolve) => {
      const over = (): void => {
        stream.off('drain', over).off('close', over);
        drains.delete(stream);
        resolve();
      };
      stream.on('drain', over).on('close', over);
    });
    drains.set(stream, drain);
  }
  return drain;
}
