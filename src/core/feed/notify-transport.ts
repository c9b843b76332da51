import { Client } from 'pg';
import { keepAlive } from '#core/database/keep-alive.js';
import type { Logger } from '#core/log/logger.js';
import type { BellTransport, Ears } from './bell-transport.js';

const channel = 'signalbox_bell';
const reconnectMs = 500;
// PostgreSQL takes less than 8,000.
const payloadBytes = 7_000;

/** Rings by `NOTIFY`, on a database session of its own and so outside any writing transaction. */
export class NotifyTransport implements BellTransport {
  readonly name = 'NOTIFY';
  #client: Client | null = null;
  #isClosed = false;

  constructor(
    readonly url: string,
    readonly log: Logger,
  ) {}

  get isConnected(): boolean {
    return this.#client !== null;
  }

  /** Connects, or fails; later a lost connection is replaced. */
  async open(ears: Ears): Promise<void> {
    const client = new Client({ connectionString: this.url, application_name: 'signalbox bell', ...keepAlive });
    client.on('error', (err) => this.log.warn({ err }, 'the bell lost its connection'));
    // Whoever rings has woken its own listeners already.
    client.on('notification', ({ payload, processId }) => {
      if (processId !== (client as Client & { processID: number }).processID) ears.heard((payload ?? '').split(' '));
    });
    try {
      await client.connect();
      await client.query(`listen ${channel}`);
    } catch (error) {
      void client.end().catch(() => {});
      throw error;
    }
    if (this.#isClosed) return client.end();
    // Only now: a connection that never came about must not be replaced twice.
    client.on('end', () => this.#reopen(ears));
    this.#client = client;
    ears.connected();
  }

  async send(streams: readonly string[]): Promise<void> {
    const left = [...streams];
    while (left.length > 0) {
      let payload = left.pop()!;
      while (left.length > 0 && payload.length + left.at(-1)!.length < payloadBytes) payload += ` ${left.pop()!}`;
      if (!this.#client) throw new Error('the connection is away');
      await this.#client.query('select pg_notify($1, $2)', [channel, payload]);
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const client = this.#client;
    this.#client = null;
    await client?.end().catch(() => {});
  }

  #reopen(ears: Ears): void {
    this.#client = null;
    if (this.#isClosed) return;
    setTimeout(() => {
      if (!this.#isClosed) this.open(ears).catch(() => this.#reopen(ears));
    }, reconnectMs).unref();
  }
}
