import type { EntityManager } from '@mikro-orm/postgresql';
import { executeSql, sql } from '#core/database/sql.js';
import { declarationOf } from '#core/database/declare/registry.js';
import type { Database } from '#core/database/open-database.js';
import type { EntityClass } from '#core/database/declare/declaration.js';
import { sealChanges } from './seal-changes.js';
import { sequencedStream } from './streams.js';

const sequencerLock = 7_216_002;
const batch = 5_000;
// A change may be large, and each is read to be sealed.
const sealedAtOnce = 200;

/**
 * Gives what was committed its place in the one order of everything. Any process may run it; a transaction lock lets one at a
 * time do so, and the database frees it when its holder dies, so that positions become visible in their order.
 */
export class Sequencer {
  #running: Promise<void> | null = null;
  #again = false;
  readonly #tables: { table: string; hasSeq: boolean }[];
  // Whoever ran before may have been an older version.
  #isSealed = false;

  constructor(
    readonly database: Database,
    entities: readonly EntityClass[],
  ) {
    this.#tables = entities
      .map(declarationOf)
      .filter(({ streams }) => streams?.some(({ by }) => !by))
      .map(({ table, fields }) => ({ table, hasSeq: fields.has('seq') }));
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
      ({ table, hasSeq }, rank) => sql`
      (select ${sql.raw(String(rank))} as rank, id, created_at, ${hasSeq ? sql`seq` : sql`0`} as seq from ${sql.ref(table)}
        where position is null order by created_at, seq, id limit ${batch})`,
    );
    const placed = this.#tables.map(
      ({ table }, rank) => sql`
      ${sql.ref(`placed_${rank}`)} as (update ${sql.ref(table)} t set position = head.seq - (select count(*) from numbered) + numbered.n
        from numbered, head where numbered.rank = ${sql.raw(String(rank))} and t.id = numbered.id)`,
    );
    const changes = this.#tables.findIndex(({ table }) => table === 'changes');
    return this.#exclusively(async (em) => {
      if (!this.#isSealed) this.#isSealed = (await sealChanges(em, null, sealedAtOnce)) < sealedAtOnce;
      if (!this.#isSealed) return batch;
      const [row] = await executeSql<{ n: string; changes: string[] | null }>(
        em,
        sql`
        with fresh as (select * from (${sql.join(fresh, ' union all ')}) f order by rank, created_at, seq, id limit ${batch}),
        numbered as (select rank, id, row_number() over (order by rank, created_at, seq, id) as n from fresh),
        head as (update streams set seq = seq + (select count(*) from numbered) where name = ${sequencedStream} and exists (select 1 from numbered) returning seq),
        ${sql.join(placed)}
        select count(*) as n, array_agg(id order by n) filter (where rank = ${changes}) as changes from numbered`,
      );
      // In the same transaction: nobody sees a change with a position and no seal.
      const changed = row!.changes ?? [];
      for (let at = 0; at < changed.length; at += sealedAtOnce) await sealChanges(em, changed.slice(at, at + sealedAtOnce), sealedAtOnce);
      return Number(row!.n);
    });
  }

  #exclusively<Result>(work: (em: EntityManager) => Promise<Result>): Promise<Result> {
    return this.database.fork().transactional(async (em) => {
      await executeSql(em, sql`select pg_advisory_xact_lock(${sequencerLock})`);
      return work(em);
    });
  }
}
