import { createClient, type Client } from 'graphql-sse';
import { authHeaders, type Auth } from './client.js';
import type { TestPage } from './feed.js';

/** A subscription over server-sent events, by the client of graphql-sse; pages wait here until the test asks for them. */
export class TestEvents {
  readonly pages: TestPage[] = [];
  errors: readonly { message: string; extensions: Record<string, unknown> }[] | null = null;
  /** Null while it goes on; an error when the connection broke. */
  end: 'completed' | Error | null = null;
  readonly #client: Client;
  #wake: (() => void)[] = [];

  constructor(url: string, query: string, auth: Auth = {}, variables: Record<string, unknown> = {}) {
    this.#client = createClient({ url: `${url}/graphql/stream`, headers: authHeaders(auth), retryAttempts: 0 });
    this.#client.subscribe<Record<string, TestPage>>(
      { query, variables },
      {
        next: ({ data, errors }) => {
          if (data) this.pages.push(...Object.values(data).filter(Boolean));
          if (errors) this.errors = errors as never;
          this.#changed();
        },
        error: (error) => {
          this.end = error as Error;
          this.#changed();
        },
        complete: () => {
          this.end = 'completed';
          this.#changed();
        },
      },
    );
  }

  /** All items so far, in the order in which they came. */
  get items(): Record<string, any>[] {
    return this.pages.flatMap(({ items }) => items ?? []);
  }

  /** Waits until something holds of what has come. */
  async until(what: string, holds: (events: this) => boolean, ms = 20_000): Promise<this> {
    const deadline = Date.now() + ms;
    while (!holds(this)) {
      const left = deadline - Date.now();
      if (left <= 0) throw new Error(`waited ${ms} ms for ${what}; got ${JSON.stringify([this.pages, this.errors, this.end])}`);
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

  /** Leaves. */
  stop(): void {
    this.#client.dispose();
  }

  #changed(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }
}
