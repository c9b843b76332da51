import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';

/** The name by which the faults know connections that are not the product's. */
export const ownName = 'chaos';

const patienceMs = 60_000;

/** Looks into the database behind the product's back; comes back by itself after the server was away. */
export class SqlSession {
  readonly #url: string;
  #client: Client | null = null;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(url: string) {
    this.#url = url;
  }

  /** Runs a statement once; fails when the server is away. */
  once<Row extends object = Record<string, any>>(text: string, values: unknown[] = []): Promise<Row[]> {
    const next = this.#queue.then(() => this.#run<Row>(text, values));
    this.#queue = next.catch(() => {});
    return next;
  }

  /** Runs a statement that only reads, again and again until the server answers. */
  async read<Row extends object = Record<string, any>>(text: string, values: unknown[] = []): Promise<Row[]> {
    const deadline = Date.now() + patienceMs;
    for (;;) {
      try {
        return await this.once<Row>(text, values);
      } catch (error) {
        if (Date.now() > deadline) throw error;
        await pause(100);
      }
    }
  }

  async close(): Promise<void> {
    await this.#client?.end().catch(() => {});
    this.#client = null;
  }

  async #run<Row extends object>(text: string, values: unknown[]): Promise<Row[]> {
    try {
      this.#client ??= await this.#connect();
      return (await this.#client.query<Row>(text, values)).rows;
    } catch (error) {
      // The server's own refusals come with a code of five letters; what else fails is the connection.
      if (!/^(2|42)/.test(String((error as { code?: string }).code))) await this.close();
      throw error;
    }
  }

  async #connect(): Promise<Client> {
    const client = new Client({ connectionString: this.#url, application_name: ownName, connectionTimeoutMillis: 5_000 });
    client.on('error', () => {});
    await client.connect();
    return client;
  }
}
