import { createClient, type Client, type FormattedExecutionResult } from 'graphql-ws';
import WebSocket from 'ws';
import { authHeaders, type Auth } from './client.js';

/** A page as a test asks for it. */
export interface TestPage {
  state: 'REPLAYING' | 'LIVE' | 'ENDED' | 'RESET';
  cursor: string;
  total?: number | null;
  reason?: string | null;
  items: Record<string, any>[];
}

/** A subscription over a real socket; pages wait here until the test asks for them, so that none is missed. */
export class TestFeed {
  readonly pages: TestPage[] = [];
  errors: readonly { message: string; extensions: { code: string } }[] | null = null;
  isDone = false;
  /** Why the socket was closed. */
  closed: { code: number; reason: string } | null = null;
  readonly #client: Client;
  #wake: (() => void)[] = [];
  #socket: WebSocket | null = null;

  constructor(url: string, query: string, variables: Record<string, unknown>, auth: Auth, name: string) {
    class Socket extends WebSocket {
      constructor(address: string | URL, protocols?: string | string[]) {
        super(address, protocols, { headers: authHeaders(auth.cookie ? { cookie: auth.cookie } : {}) });
      }
    }
    this.#client = createClient({
      url: `${url.replace(/^http/, 'ws')}/graphql`,
      webSocketImpl: Socket,
      connectionParams: auth.token ? { authorization: `Bearer ${auth.token}` } : {},
      retryAttempts: 0,
      on: {
        connected: (socket) => (this.#socket = socket as WebSocket),
        closed: (event) => {
          const { code, reason } = event as { code: number; reason: string };
          this.closed = { code, reason: String(reason) };
          this.#changed();
        },
      },
    });
    this.#client.subscribe<Record<string, TestPage>>(
      { query, variables },
      {
        next: ({ data, errors }: FormattedExecutionResult<Record<string, TestPage>, unknown>) => {
          if (data?.[name]) this.pages.push(data[name]);
          if (errors) this.errors = errors as never;
          this.#changed();
        },
        error: (error) => {
          if (Array.isArray(error)) this.errors = error as never;
          this.isDone = true;
          this.#changed();
        },
        complete: () => {
          this.isDone = true;
          this.#changed();
        },
      },
    );
  }

  /** All items so far, in the order in which they came. */
  get items(): Record<string, any>[] {
    return this.pages.flatMap(({ items }) => items);
  }

  /** The newest cursor. */
  get cursor(): string {
    return this.pages.at(-1)!.cursor;
  }

  /** Waits until something holds of what has come. */
  async until(what: string, holds: (feed: this) => boolean, ms = 20_000): Promise<this> {
    const deadline = Date.now() + ms;
    while (!holds(this)) {
      const left = deadline - Date.now();
      if (left <= 0)
        throw new Error(
          `waited ${ms} ms for ${what}; the feed has ${this.items.length} items, pages ${this.pages.map(({ state }) => state).join()}, errors ${JSON.stringify(this.errors)}`,
        );
      if (this.isDone && this.closed) await new Promise((resolve) => setTimeout(resolve, 50));
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#wake.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
    return this;
  }

  /** Waits for the page that says that the subject is over. */
  ended(ms?: number): Promise<this> {
    return this.until('the end', ({ pages, errors }) => pages.at(-1)?.state === 'ENDED' || errors !== null, ms);
  }

  /** Cuts the connection without a goodbye. */
  kill(): void {
    this.#socket?.terminate();
  }

  /** Ends the subscription in order. */
  async stop(): Promise<void> {
    await this.#client.dispose();
  }

  #changed(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }
}

const fields: Record<string, string> = {
  jobLogs: 'seq attempt stream level text',
  jobProgress: 'seq attempt status message progress payload',
  jobEvents: 'seq attempt status message job { id name }',
};

/** Follows a feed of a job, or with `jobId` null one of all jobs. */
export function followFeed(
  url: string,
  name: 'jobLogs' | 'jobProgress' | 'jobEvents',
  jobId: string | null,
  auth: Auth,
  from: { after?: string; last?: number; filter?: object } = {},
): TestFeed {
  const args = [
    ...(jobId === null ? [] : [`jobId: ${JSON.stringify(jobId)}`]),
    ...(from.after === undefined ? [] : [`after: ${JSON.stringify(from.after)}`]),
    ...(from.last === undefined ? [] : [`last: ${from.last}`]),
    ...(from.filter === undefined ? [] : ['filter: $filter']),
  ];
  const declared = from.filter === undefined ? '' : '($filter: JobEventFilter)';
  const query = `subscription${declared} { ${name}${args.length > 0 ? `(${args.join(', ')})` : ''} { state cursor total reason items { ${fields[name]} } } }`;
  return new TestFeed(url, query, { filter: from.filter }, auth, name);
}
