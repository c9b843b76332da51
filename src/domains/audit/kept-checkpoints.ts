import type { JSONWebKeySet } from 'jose';
import type { ChainProblem } from './chain-problem.js';
import { readCheckpoint, type CheckpointClaims } from './sign-checkpoint.js';

/** Checkpoints that were kept elsewhere, out of reach of whoever could change the trail. */
export class KeptCheckpoints {
  /** How many were compared with their link. */
  compared = 0;
  readonly #byNumber: ReadonlyMap<number, readonly CheckpointClaims[]>;

  private constructor(readonly claims: readonly CheckpointClaims[]) {
    this.#byNumber = Map.groupBy(claims, ({ number }) => number);
  }

  /** Reads them from their signatures; throws when none of the keys made one, because then nothing is proven by it. */
  static async of(signatures: readonly string[], keys: JSONWebKeySet): Promise<KeptCheckpoints> {
    const claims = await Promise.all(signatures.map((signature) => readCheckpoint(signature, keys)));
    const strange = claims.findIndex((each) => each === null);
    if (strange >= 0) throw new Error(`Checkpoint ${strange + 1} of those that were kept is not signed with any of the keys`);
    return new KeptCheckpoints(claims as CheckpointClaims[]);
  }

  /** What is wrong with a link of which there are checkpoints; when nothing is, `at` is the time of the newest, or null without any. */
  compare(number: number, digest: string | null): { problems: ChainProblem[]; at: string | null } {
    const claims = this.#byNumber.get(number) ?? [];
    this.compared += claims.length;
    const wrong = claims.filter((each) => each.digest !== digest);
    const problems = wrong.map(({ at }) => ({
      fault: 'CHECKPOINT_BROKEN' as const,
      number,
      entryId: null,
      message: `The chain at link ${number} is not what the checkpoint of ${at}, which was kept elsewhere, says it was`,
    }));
    const newest = claims.map(({ at }) => at).sort();
    return { problems, at: problems.length > 0 ? null : (newest.at(-1) ?? null) };
  }

  /** What is missing of a chain that ends with a link; with `until`, of one that stood so at that time. */
  behind(last: number, until?: string): ChainProblem[] {
    const known = this.claims.filter(({ at }) => until === undefined || at < until);
    const newest = known.toSorted((one, other) => one.number - other.number).at(-1);
    if (!newest || newest.number <= last) return [];
    const message = `The chain ends at ${last}, but the checkpoint of ${newest.at}, which was kept elsewhere, knows of link ${newest.number}`;
    return [{ fault: 'CUT_OFF', number: newest.number, entryId: null, message }];
  }
}
