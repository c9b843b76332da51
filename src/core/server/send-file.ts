import { open } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';

/** A file to send. */
export interface SentFile {
  path: string;
  name: string;
  mediaType: string;
  /** Names this very content. */
  etag: string;
  /** Headers of what a browser shows instead of saving it. */
  shown?: Readonly<Record<string, string>>;
}

/** Sends a file, for download unless it is to be shown: all of it, the part that `Range` asks for, or nothing when the client has it already. */
export async function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  { path, name, mediaType, etag, shown }: SentFile,
): Promise<void> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    response.setHeader('etag', etag);
    response.setHeader('accept-ranges', 'bytes');
    // Whoever may see it today may not tomorrow: the server is asked each time.
    response.setHeader('cache-control', 'private, no-cache');
    if (matches(request.headers['if-none-match'], etag)) return void response.writeHead(304).end();
    const range = rangeOf(request, etag, size);
    if (range === 'none') return void response.writeHead(416, { 'content-range': `bytes */${size}` }).end();
    const { start, end } = range ?? { start: 0, end: size - 1 };
    response.writeHead(range ? 206 : 200, {
      'content-type': mediaType,
      ...(shown ?? { 'content-disposition': dispositionOf(name), 'content-security-policy': "default-src 'none'; sandbox" }),
      'content-length': end - start + 1,
      ...(range && { 'content-range': `bytes ${start}-${end}/${size}` }),
    });
    if (end < start) return void response.end();
    // A client that goes away in the middle is no fault.
    await pipeline(file.createReadStream({ start, end, autoClose: false }), response).catch(() => response.destroy());
  } finally {
    await file.close();
  }
}

const matches = (header: string | undefined, etag: string): boolean =>
  header !== undefined && (header.trim() === '*' || header.split(',').some((each) => each.trim().replace(/^W\//, '') === etag));

/** The one range that is asked for; null for the whole file, which also answers several ranges at once; `none` when it lies outside. */
function rangeOf({ headers }: IncomingMessage, etag: string, size: number): { start: number; end: number } | 'none' | null {
  const ifRange = headers['if-range'];
  const asked = /^bytes=(\d*)-(\d*)$/.exec(headers.range ?? '');
  if (!asked || (asked[1] === '' && asked[2] === '') || (ifRange !== undefined && ifRange !== etag)) return null;
  const [from, to] = [asked[1]!, asked[2]!];
  if (from === '') return Number(to) === 0 || size === 0 ? 'none' : { start: Math.max(size - Number(to), 0), end: size - 1 };
  const start = Number(from);
  if (to !== '' && Number(to) < start) return null;
  if (start >= size) return 'none';
  return { start, end: to === '' ? size - 1 : Math.min(Number(to), size - 1) };
}

function dispositionOf(name: string): string {
  const plain = name.replace(/[^ !#-[\]-~]/g, '_');
  const encoded = encodeURIComponent(name).replace(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
}
