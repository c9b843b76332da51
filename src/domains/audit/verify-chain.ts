import type { EntityManager } from '@mikro-orm/postgresql';
import type { JSONWebKeySet } from 'jose';
import type { Database } from '#core/database/open-database.js';
import { executeSql, sql } from '#core/database/sql.js';
import { ChainCheck } from './chain-check.js';
import type { ChainProblem } from './chain-problem.js';
import { checkCheckpoint, type KeptCheckpoint } from './check-checkpoint.js';
import { cutOff, forgedEntries, misplacedLinks } from './find-forged.js';
import type { KeptCheckpoints } from './kept-checkpoints.js';
import { checkpointsUpTo } from './read-checkpoints.js';
import { readLinks, type StoredLink } from './read-links.js';
import { SignedEnd } from './signed-end.js';

// An entry may hold a megabyte of JSON, which takes many times as much in memory.
const batch = 100;
const mostProblems = 100;

/** Which part of the chain to verify: at most `limit` links after a number. */
export interface ChainRange {
  readonly after: number;
  readonly limit: number;
  readonly keys: JSONWebKeySet;
  /** Checkpoints that were kept elsewhere. */
  readonly kept?: KeptCheckpoints | null;
  /** Whether the end has to be signed, but for what came since the last hourly checkpoint. */
  readonly requiresSignedEnd?: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (checked: number) => Promise<void>;
}

/** How a part of the chain was found. */
export interface ChainReport {
  readonly isIntact: boolean;
  readonly checkedCount: number;
  readonly expiredCount: number;
  readonly checkpointCount: number;
  /** How many of the checkpoints that were kept elsewhere were compared; null when none were given. */
  readonly keptCount: number | null;
  /** Number of the last link that a checkpoint signs; 0 when none does. */
  readonly signedNumber: number;
  /** Time of that checkpoint. */
  readonly signedAt: string | null;
  readonly lastNumber: number;
  readonly digest: string | null;
  /** Whether the chain goes on behind the last number. */
  readonly hasMore: boolean;
  readonly problemCount: number;
  /** The first of them, at most 100. */
  readonly problems: readonly ChainProblem[];
}

/** Verifies entries, links and checkpoints as the database holds them. */
export async function verifyChain(database: Database, range: ChainRange): Promise<ChainReport> {
  const verification = new Verification(database.fork(), range);
  await verification.begin();
  while (verification.hasMore && verification.checked < range.limit) {
    range.signal?.throwIfAborted();
    await verification.next();
    await range.onProgress?.(verification.checked);
  }
  return verification.end();
}

class Verification {
  hasMore = true;
  #check = new ChainCheck();
  /** Position of the last entry; null at the beginning, from which on also what stands before it counts: nothing has one below 1. */
  #position: number | null = null;
  #checkpointCount = 0;
  #problemCount = 0;
  readonly #problems: ChainProblem[] = [];
  readonly #signed = new SignedEnd();

  constructor(
    readonly em: EntityManager,
    readonly range: ChainRange,
  ) {}

  get checked(): number {
    return this.#check.checked;
  }

  /** Finds the link behind which to begin, or at the beginning those that stand before it. */
  async begin(): Promise<void> {
    const { after, kept } = this.range;
    if (after === 0) return this.#note(...(await misplacedLinks(this.em, 0, mostProblems)));
    const [before] = await executeSql<{ digest: string; position: string }>(
      this.em,
      sql`select digest, position from audit_seals where number = ${after}`,
    );
    this.#check = new ChainCheck(after, before?.digest ?? null);
    this.#position = Number(before?.position ?? 0);
    if (!before) this.#note({ fault: 'LINK_MISSING', number: after, entryId: null, message: `There is no link ${after}` });
    else this.#note(...(kept?.compare(after, before.digest).problems ?? []));
  }

  /** Verifies the next links. */
  async next(): Promise<void> {
    const { em, range } = this;
    const start = this.#check.number;
    const size = Math.min(batch, range.limit - this.checked);
    const links = await readLinks(em, { after: start, limit: size });
    const checkpoints = Map.groupBy(await checkpointsUpTo(em, start, links.at(-1)?.number ?? start), ({ number }) => number);
    for (const link of links) {
      this.#note(...this.#check.next(link, link.readAt));
      await this.#compare(link, checkpoints.get(link.number) ?? []);
    }
    this.hasMore = links.length === size;
    const to = this.hasMore ? links.at(-1)! : null;
    this.#note(...(await misplacedLinks(em, start, mostProblems, this.#check.number)));
    this.#note(...(await forgedEntries(em, { after: this.#position, through: to && to.position }, mostProblems)));
    this.#position = links.at(-1)?.position ?? this.#position;
  }

  async end(): Promise<ChainReport> {
    const { kept, requiresSignedEnd = false } = this.range;
    const last = this.#check.number;
    if (!this.hasMore) this.#note(...(await cutOff(this.em)), ...(kept?.behind(last) ?? []));
    if (!this.hasMore && requiresSignedEnd) this.#note(...this.#signed.problemsOf(last));
    return {
      isIntact: this.#problemCount === 0,
      checkedCount: this.checked,
      expiredCount: this.#check.expired,
      checkpointCount: this.#checkpointCount,
      keptCount: kept?.compared ?? null,
      signedNumber: this.#signed.number,
      signedAt: this.#signed.at,
      lastNumber: last,
      digest: this.#check.digest,
      hasMore: this.hasMore,
      problemCount: this.#problemCount,
      problems: this.#problems,
    };
  }

  async #compare({ number, digest, entry, expiresAt }: StoredLink, checkpoints: readonly KeptCheckpoint[]): Promise<void> {
    this.#signed.add((entry?.content.createdAt as string | undefined) ?? expiresAt);
    for (const checkpoint of checkpoints) {
      this.#checkpointCount += 1;
      const { problem, at } = await checkCheckpoint(checkpoint, digest, this.range.keys);
      if (problem) this.#note(problem);
      else this.#signed.sign(number, at);
    }
    const { problems, at } = this.range.kept?.compare(number, digest) ?? { problems: [], at: null };
    this.#note(...problems);
    if (at !== null) this.#signed.sign(number, at);
  }

  // Of a chain that was made anew every link may be wrong.
  #note(...found: readonly ChainProblem[]): void {
    this.#problemCount += found.length;
    this.#problems.push(...found.slice(0, mostProblems - this.#problems.length));
  }
}
