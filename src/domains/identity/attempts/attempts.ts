import { declarationOf } from '#core/database/declare/registry.js';
import { newId } from '#core/database/id.js';
import { SideConnection } from '#core/database/side-connection.js';
import { sql, type Sql } from '#core/database/sql.js';
import { hashToken } from '#core/secrets/token.js';
import { AttemptCount } from './attempt-count.entity.js';

/** One thing that is counted: what is tried, under which name or address, and how many tries need not wait. */
export interface AttemptKey {
  readonly kind: string;
  readonly by: 'name' | 'address';
  readonly value: string;
  readonly free: number;
}

/** Why a try was not taken: how long to wait, and whether this is the first one that is told so. */
export interface TooEarly {
  readonly retryAfterMs: number;
  readonly isFirst: boolean;
}

/** Whoever has not tried for that long begins anew. */
export const forgottenAfter = sql`interval '1 day'`;
const longestSeconds = 15 * 60;

const hashOf = ({ kind, by, value }: AttemptKey): string => hashToken(`${kind} ${by} ${value}`);

// 2^30 seconds are more than anybody waits; larger powers would not fit.
const waitAfter = (tries: Sql, free: number): Sql =>
  sql`(case when ${tries} < ${free}::int then 0 else least(${longestSeconds}::int, power(2, least(${tries} - ${free}::int, 30))) end * interval '1 second')`;

/** Counts tries in the database, so that all nodes count together. A try is taken before it is known whether it succeeds. */
export class Attempts {
  readonly #side: SideConnection;

  constructor(url: string) {
    this.#side = new SideConnection(url);
  }

  /** Takes one try; null when it may be made now. Of many at the same instant no more are taken than are free. */
  async take(key: AttemptKey): Promise<TooEarly | null> {
    const hash = hashOf(key);
    const due = sql`c.last_at + ${waitAfter(sql`c.tries`, key.free)}`;
    // What is free asks no clock: that of the database may have been set back since the last try.
    const taken = await this.#side.rows(sql`
      insert into attempt_counts as c (id, key, tries, last_at) values (${newId(declarationOf(AttemptCount).type)}, ${hash}, 1, clock_timestamp())
      on conflict (key) do update set last_at = clock_timestamp(), is_told = false,
        tries = case when c.last_at < clock_timestamp() - ${forgottenAfter} then 1 else c.tries + 1 end
      where c.tries < ${key.free}::int or ${due} <= clock_timestamp() returning 1`);
    if (taken.length > 0) return null;
    const [row] = await this.#side.rows<{ ms: number; was_told: boolean }>(sql`
      update attempt_counts c set is_told = true from (select id, is_told from attempt_counts where key = ${hash} for update) b
      where c.id = b.id returning greatest(ceil(extract(epoch from ${due} - clock_timestamp()) * 1000), 1)::int as ms, b.is_told as was_told`);
    // Gone: it was reset at this very instant.
    return row ? { retryAfterMs: row.ms, isFirst: !row.was_told } : null;
  }

  /** Gives tries back that were not made. */
  async giveBack(keys: readonly AttemptKey[]): Promise<void> {
    for (const key of keys) await this.#side.rows(givenBack(key));
  }

  /** Closes the connection. */
  close(): Promise<void> {
    return this.#side.close();
  }
}

/** The statement that gives one try back. */
export const givenBack = (key: AttemptKey): Sql => sql`update attempt_counts set tries = greatest(tries - 1, 0) where key = ${hashOf(key)}`;

/** The statement that forgets all tries under a key. */
export const forgotten = (key: AttemptKey): Sql => sql`delete from attempt_counts where key = ${hashOf(key)}`;
