import type { IncomingMessage } from 'node:http';
import { PassThrough, type Readable } from 'node:stream';
import busboy from 'busboy';
import { AppError } from '#core/errors/app-error.js';
import { badInput } from '#core/errors/bad-input.js';

/** Reads one file out of a multipart/form-data request as it arrives and gives it to `store`. */
export async function receiveUpload<Stored>(
  request: IncomingMessage,
  store: (name: string, content: Readable) => Promise<Stored>,
): Promise<Stored> {
  if (!/^multipart\/form-data\b/i.test(request.headers['content-type'] ?? ''))
    throw badInput('The content type must be multipart/form-data with one file, as `curl -F file=@access.log` sends it');
  const parser = parserOf(request);
  let stored: Promise<Stored> | null = null;
  const parsed = new Promise<void>((resolve, reject) => {
    const fail = (error: Error): void => reject(error instanceof AppError ? error : badInput(`The upload broke off: ${error.message}`));
    parser.on('file', (_field, file, { filename }) => {
      // busboy ends a file quietly when the request breaks off; the copy ends with an error instead.
      const content = new PassThrough();
      // It may break before the store listens to it, and an error that nobody listens to ends the process; the store still meets it.
      content.on('error', () => {});
      file.on('error', (error) => content.destroy(error));
      request.once('aborted', () => content.destroy(new Error('the client went away')));
      file.pipe(content);
      stored = store((filename ?? '').slice(0, 255) || 'upload', content);
      stored.catch((error: Error) => {
        file.resume();
        fail(error);
      });
    });
    // Not once: a broken form fails again at its end, and an error that nobody listens to ends the process.
    parser.once('close', resolve).on('error', (error) => fail(error as Error));
    request.once('error', fail);
  });
  request.pipe(parser);
  await parsed;
  if (!stored) throw badInput('The request has no file: send it as a part named file');
  return stored;
}

function parserOf({ headers }: IncomingMessage): busboy.Busboy {
  try {
    return busboy({ headers, limits: { files: 1, fields: 10, parts: 11 }, defParamCharset: 'utf8' });
  } catch (error) {
    throw badInput(`The content type is not complete: ${(error as Error).message}`);
  }
}
