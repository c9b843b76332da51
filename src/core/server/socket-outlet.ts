import type { Duplex } from 'node:stream';
import { WebSocket } from 'ws';
import type { Answer } from '#core/feed/outlet.js';
import { StreamOutlet } from './stream-outlet.js';
import { textFrameHeader } from './web-socket-frame.js';

/** The beginnings of the frames that carry an answer, by the length of what follows them. */
const beginnings = new WeakMap<Answer, Map<number, Buffer>>();

/** The outlet of one subscription on a socket: `next` messages of graphql-transport-ws, of which only the subscription's id is its own. */
export class SocketOutlet extends StreamOutlet {
  readonly #ending: Buffer;

  /** `stream` is the connection that carries the socket; ids are the client's, and escaped as JSON. */
  constructor(
    readonly socket: WebSocket,
    stream: Duplex,
    id: string,
  ) {
    super(stream);
    this.#ending = Buffer.from(`${JSON.stringify(id)}}`);
  }

  send(answer: Answer): void {
    // Nothing may follow the frame that closes a socket.
    if (this.socket.readyState !== WebSocket.OPEN) return;
    const { stream } = this;
    const beginning = beginningOf(answer, this.#ending.length);
    // Both chunks are there already: nothing is made or copied for each follower.
    stream.cork();
    stream.write(beginning);
    stream.write(this.#ending);
    stream.uncork();
  }
}

// Shared by all whose ids are as long, which are nearly all: clients make them in one way.
function beginningOf(answer: Answer, endingBytes: number): Buffer {
  let ofAnswer = beginnings.get(answer);
  if (!ofAnswer) beginnings.set(answer, (ofAnswer = new Map()));
  let beginning = ofAnswer.get(endingBytes);
  if (!beginning) {
    const message = Buffer.from(`{"type":"next","payload":${answer.text},"id":`);
    ofAnswer.set(endingBytes, (beginning = Buffer.concat([textFrameHeader(message.length + endingBytes), message])));
  }
  return beginning;
}
