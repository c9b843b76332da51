import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import { Client } from 'ldapts';
import type { LdapConfig } from './ldap-config.js';
import { providerMs, withinTime } from './within-time.js';

const connectMs = 5_000;
const mostBytes = 4_194_304;
const lookMs = 50;

/** Connects to a directory, encrypted as its configuration says, runs the work within the time that it may take, and ends the connection whatever happens. */
export async function inDirectory<Result>(config: LdapConfig, work: (client: Client) => Promise<Result>): Promise<Result> {
  const { url, startTls, ca } = config;
  const sockets = new Sockets();
  const tlsOptions: ConnectionOptions = ca === undefined ? {} : { ca };
  // With these options the client encrypts from the first byte, whatever the address says.
  const encrypted = new URL(url).protocol === 'ldaps:' ? { tlsOptions } : {};
  const client = new Client({ url, timeout: providerMs, connectTimeout: connectMs, ...encrypted, ...sockets.made });
  const run = async (): Promise<Result> => {
    if (startTls) await client.startTLS({ ...tlsOptions, ...nameOf(url) });
    return work(client);
  };
  try {
    return await withinTime(run());
  } catch (error) {
    throw sockets.isTooMuch ? new Error(`the directory sent more than ${mostBytes} bytes`, { cause: error }) : error;
  } finally {
    await withinTime(client.unbind(), 1_000).catch(() => {});
    sockets.destroy();
  }
}

// Without it the certificate is compared with "localhost".
function nameOf(url: string): ConnectionOptions {
  const host = new URL(url).hostname.replace(/^\[|\]$/g, '');
  return isIP(host) ? { host } : { host, servername: host };
}

/** The one connection of a client, and what is encrypted over it. */
class Sockets {
  isTooMuch = false;
  readonly #all: Socket[] = [];
  // The client keeps what it is sent until a message is whole, however long that says it is.
  readonly #timer = setInterval(() => {
    if (!this.#all.some(({ bytesRead }) => bytesRead > mostBytes)) return;
    this.isTooMuch = true;
    this.destroy();
  }, lookMs);

  /** How the client makes its sockets. */
  readonly made = {
    createConnection: ((...args: Parameters<typeof connectTcp>) => this.#first(connectTcp(...args))) as typeof connectTcp,
    createSecureConnection: ((...args: Parameters<typeof connectTls>) => {
      const [options] = args as unknown as [ConnectionOptions | number];
      const socket = connectTls(...args);
      if (typeof options === 'object' && options.socket) this.#all.push(socket);
      else this.#first(socket);
      return socket;
    }) as typeof connectTls,
  };

  /** Ends the connection. */
  destroy(): void {
    clearInterval(this.#timer);
    for (const socket of this.#all) {
      socket.on('error', () => {});
      socket.destroy();
    }
  }

  // The client would connect again when the connection breaks, without encrypting it anew, and send the password.
  #first<Made extends Socket>(socket: Made): Made {
    const isFirst = this.#all.length === 0;
    this.#all.push(socket);
    if (isFirst) return socket;
    this.destroy();
    throw new Error('the directory broke the connection off');
  }
}
