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
    this.#write(bytes);
  }

  /** Sends what is for this subscriber alone, and waits while too much is under way. */
  async sendAlone(result: object): Promise<void> {
    this.#write(event(JSON.stringify(result)));
    await this.drained();
  }

  #write(chunk: Buffer | string): void {
    if (this.response.writable) this.response.write(chunk);
  }
}
