import type { Duplex } from 'node:stream';
import { WebSocket } from 'ws';
import type { Answer } from '#core/feed/outlet.js';
import { StreamOutlet } from './stream-outlet.js';
import { textFrame } from './web-socket-frame.js';

const mostCopied = 4_096;
const shared = new WeakMap<Answer, Buffer>();

/** The outlet of one subscription on a socket: `next` messages of graphql-transport-ws, of which only the subscription's id is its own. */
export class SocketOutlet extends StreamOutlet {
  readonly #tail: Buffer;

  /** `stream` is the connection that carries the socket; ids are the client's, and escaped as JSON. */
  constructor(
    readonly socket: WebSocket,
    stream: Duplex,
    id: string,
  ) {
    super(stream);
    this.#tail = Buffer.from(`${JSON.stringify(id)}}`);
  }

  send(answer: Answer): void {
    // Nothing may follow the frame that closes a socket.
    if (this.socket.readyState !== WebSocket.OPEN) return;
    const chunks = textFrame([beginningOf(answer), this.#tail], mostCopied);
    if (chunks.length === 1) return void this.stream.write(chunks[0]);
    this.stream.cork();
    for (const chunk of chunks) this.stream.write(chunk);
    this.stream.uncork();
  }
}

function beginningOf(answer: Answer): Buffer {
  let beginning = shared.get(answer);
  if (!beginning) shared.set(answer, (beginning = Buffer.from(`{"type":"next","payload":${answer.text},"id":`)));
  return beginning;
}
