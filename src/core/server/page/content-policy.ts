import { createHash } from 'node:crypto';

/**
 * Puts a Content-Security-Policy into a finished page: its scripts are the ones that are in it now, and it reaches this server only,
 * by forms too where it sends some.
 * GraphiQL's editor writes styles as it goes and starts workers from blobs.
 */
export function withContentPolicy(page: string, { maySendForms = false } = {}): string {
  const scripts = [...page.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(([, script]) => `'sha256-${sha256(script!)}'`);
  const policy = [
    "default-src 'none'",
    `script-src ${scripts.join(' ') || "'none'"}`,
    'worker-src blob:',
    "style-src 'unsafe-inline'",
    'img-src data:',
    'font-src data:',
    "connect-src 'self'",
    `form-action ${maySendForms ? "'self'" : "'none'"}`,
    "base-uri 'none'",
  ].join('; ');
  return page.replace(
    /<meta charset="utf-8"[^>]*>/,
    (charset) => `${charset}<meta http-equiv="Content-Security-Policy" content="${policy}">`,
  );
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64');
