import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { afterAll } from 'vitest';
import { startTestApp, type TestApp } from './app.js';

/** A mail that was taken in. */
export interface Mail {
  to: string;
  subject: string;
  text: string;
  /** The token of the link in it, null when it has none. */
  token: string | null;
}

/** An SMTP server on loopback that keeps what it gets. */
export interface Mailbox {
  url: string;
  mails: Mail[];
  /** How many more it refuses. */
  refusals: number;
  /** The next mail to an address that was not taken yet, once it is there. */
  next(to: string): Promise<Mail>;
}

const patienceMs = 30_000;

/** Starts an SMTP server; it is stopped when the file is done. */
export async function startMailbox(): Promise<Mailbox> {
  const taken = new Set<Mail>();
  const waiting: (() => void)[] = [];
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    onData(stream, { envelope }, callback) {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('end', () => {
        if (mailbox.refusals > 0) {
          mailbox.refusals -= 1;
          return callback(new Error('not now'));
        }
        mailbox.mails.push(mailOf(Buffer.concat(parts).toString(), envelope.rcptTo[0]!.address));
        callback();
        for (const each of waiting.splice(0)) each();
      });
    },
  });
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  afterAll(() => new Promise<void>((resolve) => server.close(() => resolve())));
  const mailbox: Mailbox = {
    url: `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`,
    mails: [],
    refusals: 0,
    async next(to) {
      const until = Date.now() + patienceMs;
      for (;;) {
        const mail = mailbox.mails.find((each) => each.to === to && !taken.has(each));
        if (mail) return (taken.add(mail), mail);
        if (Date.now() > until) throw new Error(`no mail to ${to} came`);
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, until - Date.now());
          waiting.push(() => (clearTimeout(timer), resolve()));
        });
      }
    },
  };
  return mailbox;
}

/** The settings of a Signalbox that sends mails to the mailbox, or is given other ways to send. */
export async function mailingSettings(ways: Mailbox | Record<string, string>): Promise<Record<string, string>> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const port = String((probe.address() as AddressInfo).port);
  await new Promise((resolve) => probe.close(resolve));
  const sending =
    'mails' in ways ? { SMTP_URL: ways.url as string, MAIL_FROM: 'Signalbox <box@example.org>' } : (ways as Record<string, string>);
  return { PORT: port, PUBLIC_URL: `http://127.0.0.1:${port}`, ...sending };
}

/** Starts a whole Signalbox that sends mails to the mailbox, or is given other ways to send. */
export const startMailingApp = async (ways: Mailbox | Record<string, string>, settings: Record<string, string> = {}): Promise<TestApp> =>
  startTestApp({ ROLE: 'api', ...(await mailingSettings(ways)), ...settings });

function mailOf(raw: string, to: string): Mail {
  const [head, ...body] = raw.split('\r\n\r\n');
  const isQuoted = /content-transfer-encoding: quoted-printable/i.test(head!);
  const text = body.join('\n\n').replaceAll('\r\n', '\n');
  const plain = isQuoted
    ? text.replace(/=\n/g, '').replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))
    : text;
  return { to, subject: /^subject: (.*)$/im.exec(head!)![1]!, text: plain, token: /#token=([\w-]+)/.exec(plain)?.[1] ?? null };
}
