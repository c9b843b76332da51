import { OutgoingError } from '#core/network/outgoing-error.js';

/** Passes a stream on, breaks it off after so many bytes, and tells when it is over: with the error that ended it, or null. */
export function watchedBody(
  body: ReadableStream<Uint8Array>,
  maxBytes: number,
  onEnd: (error: Error | null) => void,
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  let bytes = 0;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (done) {
          controller.close();
          return onEnd(null);
        }
        bytes += value.length;
        if (bytes > maxBytes) throw new OutgoingError('TOO_LARGE', `The server sent more than ${maxBytes} bytes on one stream`);
        controller.enqueue(value);
      } catch (error) {
        controller.error(error);
        onEnd(error as Error);
        await reader.cancel(error).catch(() => {});
      }
    },
    cancel: (reason) => reader.cancel(reason),
  });
}
