import { createHmac } from 'node:crypto';
import type { Letter, Post } from './post.js';

const timeoutMs = 15_000;

/** The signature of a body: HMAC-SHA-256 over the time (seconds since 1970), a dot and the body, in hexadecimal. */
export const signatureOf = (secret: string, timestamp: string, body: string): string =>
  createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex');

/** Hands letters to a program of the operator, which sends them in its own way: a signed POST with JSON. */
export function webhookPost(url: string, secret: string): Post {
  return {
    async send(letter: Letter) {
      const body = JSON.stringify(letter);
      const timestamp = String(Math.floor(Date.now() / 1000));
      const response = await fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'x-signalbox-timestamp': timestamp,
          'x-signalbox-signature': `sha256=${signatureOf(secret, timestamp, body)}`,
        },
        body,
        // What is sent opens accounts: it goes where the operator said and nowhere else.
        redirect: 'error',
        signal: AbortSignal.timeout(timeoutMs),
      });
      await response.body?.cancel();
      if (!response.ok) throw new Error(`the webhook answered with the status ${response.status}`);
    },
  };
}
