import type { IncomingMessage } from 'node:http';
import { AppError } from '#core/errors/app-error.js';
import { badInput } from '#core/errors/bad-input.js';

/** Reads a request's body; one that is larger than allowed is refused as soon as that is known. */
export async function readBody(request: IncomingMessage, mostBytes: number): Promise<string> {
  const tooLarge = (): AppError => new AppError('LIMIT_EXCEEDED', `The body of a request may have at most ${mostBytes} bytes`);
  if (Number(request.headers['content-length'] ?? 0) > mostBytes) throw tooLarge();
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > mostBytes) throw tooLarge();
      chunks.push(chunk);
    }
  } catch (error) {
    throw error instanceof AppError ? error : badInput(`The request broke off: ${(error as Error).message}`);
  }
  return Buffer.concat(chunks).toString('utf8');
}
