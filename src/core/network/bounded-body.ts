import { OutgoingError } from './outgoing-error.js';

/** What bounds the body of an answer. */
export interface BodyBounds {
  /** Of the whole body; of an event stream, which has no end, of each event. */
  maxBytes: number;
  isEventStream: boolean;
  /** Called once, when the body was read, given up or broken off. */
  onEnd(): void;
}

/** Passes a body on as it is read, and breaks it off where it is larger than it may be. */
export function boundedBody(body: ReadableStream<Uint8Array>, { maxBytes, isEventStream, onEnd }: BodyBounds): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  const sizeOf = isEventStream ? eventSize() : wholeSize();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (done) {
          onEnd();
          return controller.close();
        }
        if (sizeOf(value) > maxBytes) throw new OutgoingError('TOO_LARGE', `The answer has more than ${maxBytes} bytes`);
        controller.enqueue(value);
      } catch (error) {
        onEnd();
        controller.error(error);
        await reader.cancel(error).catch(() => {});
      }
    },
    async cancel(reason) {
      onEnd();
      await reader.cancel(reason);
    },
  });
}

function wholeSize(): (chunk: Uint8Array) => number {
  let size = 0;
  return ({ length }) => (size += length);
}

const lineFeed = 10;
const carriageReturn = 13;

// The largest event that the chunk has a part of: an event ends with an empty line.
function eventSize(): (chunk: Uint8Array) => number {
  let size = 0;
  let lineLength = 0;
  let last = 0;
  return (chunk) => {
    let largest = 0;
    for (const byte of chunk) {
      size += 1;
      const isSecondOfPair = byte === lineFeed && last === carriageReturn;
      const isEndOfLine = byte === lineFeed || byte === carriageReturn;
      last = byte;
      if (!isEndOfLine) lineLength += 1;
      else if (!isSecondOfPair) {
        if (lineLength === 0) size = 0;
        lineLength = 0;
      }
      largest = Math.max(largest, size);
    }
    return largest;
  };
}
