import type { ServerResponse } from 'node:http';
import type { Answer } from '#core/feed/outlet.js';
import { StreamOutlet } from './stream-outlet.js';

const shared = new WeakMap<Answer, Buffer>();
const event = (json: string): string => `event: next\ndata: ${json}\n\n`;

/** The outlet of a subscription over server-sent events: `next` events, the same for all who follow together. */
export class EventOutlet extends StreamOutlet {
  #open: () => void = () => {};
  /** Resolves when the headers are out. */
  readonly opened = new Promise<void>((resolve) => (this.#open = resolve));

  constructor(readonly response: ServerResponse) {
    super(response);
  }

  /** The headers are out. */
  open(): void {
    this.#open();
  }

  send(answer: Answer): void {
    let bytes = shared.get(answer);
    if (!bytes) shared.set(answer, (bytes = Buffer.from(event(answer.text))));
    this.write(bytes);
  }

  /** Sends what is for this subscriber alone, and waits while too much is under way. */
  async sendAlone(result: object): Promise<void> {
    this.write(event(JSON.stringify(result)));
    await this.drained();
  }

  /** Writes events; nothing any more once the stream has been ended, or the client is gone. */
  write(chunk: Buffer | string): void {
    // What `writable` says does not change when a response is ended, and to write behind its end is an error that nobody awaits.
    if (!this.response.writableEnded && !this.response.destroyed) this.response.write(chunk);
  }
}
