import { executeSql, sql } from '#core/database/sql.js';
import { declarationOf } from '#core/database/declare/registry.js';
import type { Database } from '#core/database/open-database.js';
import type { EntityClass } from '#core/database/declare/declaration.js';
import { sequencedStream } from './streams.js';

const sequencerLock = 7_216_002;
const batch = 5_000;

/**
 * Gives what was committed its place in the one order of everything. Any process may run it; a transaction lock lets one at a
 * time do so, and the database frees it when its holder dies, so that positions become visible in their order.
 */
export class Sequencer {
  #running: Promise<void> | null = null;
  #again = false;
  readonly #tables: string[];

  constructor(
    readonly database: Database,
    entities: readonly EntityClass[],
  ) {
    this.#tables = entities
      .map(declarationOf)
      .filter(({ streams }) => streams?.some(({ by }) => !by))
      .map(({ table }) => table);
  }

  /** Sequences everything that is committed by now. Concurrent callers share a run that starts after their call. */
  async run(): Promise<void> {
    this.#again = true;
    return (this.#running ??= this.#untilDone());
  }

  async #untilDone(): Promise<void> {
    try {
      while (this.#again) {
        this.#again = false;
        if ((await this.#once()) === batch) this.#again = true;
      }
    } finally {
      // In the same turn as the last look at #again: a caller must not get a run that is already over.
      this.#running = null;
    }
  }

  // One statement, so that one look at what is committed numbers all tables: what a transaction wrote to an earlier table comes
  // before what it wrote to a later one.
  async #once(): Promise<number> {
    const fresh = this.#tables.map(
      (table, rank) => sql`
      (select ${sql.raw(String(rank))} as rank, id, created_at, ${table === 'changes' ? sql`0` : sql`seq`} as seq from ${sql.ref(table)}
        where position is null order by created_at, seq, id limit ${batch})`,
    );
    const placed = this.#tables.map(
      (table, rank) => sql`
      ${sql.ref(`placed_${rank}`)} as (update ${sql.ref(table)} t set position = head.seq - (select count(*) from numbered) + numbered.n
        from numbered, head where numbered.rank = ${sql.raw(String(rank))} and t.id = numbered.id)`,
    );
    return this.database.fork().transactional(async (em) => {
      await executeSql(em, sql`select pg_advisory_xact_lock(${sequencerLock})`);
      const [row] = await executeSql<{ n: string }>(
        em,
        sql`
        with fresh as (select * from (${sql.join(fresh, ' union all ')}) f order by rank, created_at, seq, id limit ${batch}),
        numbered as (select rank, id, row_number() over (order by rank, created_at, seq, id) as n from fresh),
        head as (update streams set seq = seq + (select count(*) from numbered) where name = ${sequencedStream} and exists (select 1 from numbered) returning seq),
        ${sql.join(placed)}
        select count(*) as n from numbered`,
      );
      return Number(row!.n);
    });
  }
}
