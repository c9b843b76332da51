import { createTransport } from 'nodemailer';
import type { Letter, Post } from './post.js';

const timeoutMs = 15_000;

/** Sends letters by SMTP; each over a connection of its own, as there are few. */
export function smtpPost(url: string, from: string): Post {
  const { protocol, hostname, port, username, password, searchParams } = new URL(url);
  const secure = protocol === 'smtps:';
  const transport = createTransport({
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port ? Number(port) : secure ? 465 : 587,
    secure,
    requireTLS: searchParams.get('tls') === 'required',
    ...(username && { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } }),
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    // A letter is text that we wrote; nothing in it is to be fetched.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    async send({ id, to, subject, text }: Letter) {
      // An address as an object is taken as it is: no list of addresses is made of it.
      await transport.sendMail({ from, to: { name: '', address: to }, subject, text, messageId: `<${id}@signalbox>` });
    },
  };
}
