import type { Writable } from 'node:stream';
import type { Answer, Outlet } from '#core/feed/outlet.js';

/** An outlet into a stream of bytes: full while more waits than the stream's high-water mark. */
export abstract class StreamOutlet implements Outlet {
  constructor(readonly stream: Writable) {}

  get isFull(): boolean {
    return this.stream.writableNeedDrain;
  }

  abstract send(answer: Answer): void;

  async drained(): Promise<void> {
    const { stream } = this;
    if (!stream.writableNeedDrain || stream.destroyed) return;
    await new Promise<void>((resolve) => {
      const over = (): void => {
        stream.off('drain', over).off('close', over);
        resolve();
      };
      stream.on('drain', over).on('close', over);
    });
  }
}
