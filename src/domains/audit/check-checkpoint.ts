import type { JSONWebKeySet } from 'jose';
import type { ChainProblem } from './chain-problem.js';
import { readCheckpoint } from './sign-checkpoint.js';

/** A checkpoint as it is kept beside what it signs. */
export interface KeptCheckpoint {
  readonly number: number;
  readonly digest: string;
  readonly signature: string;
}

/** What is wrong with a checkpoint, or with the link that it speaks of; null when it holds. */
export type CheckedCheckpoint = { readonly problem: ChainProblem; readonly at?: never } | { readonly problem: null; readonly at: string };

/** Whether a checkpoint holds for the digest of the link beside which it is kept, and of when it is. */
export async function checkCheckpoint(
  { number, signature }: KeptCheckpoint,
  digest: string,
  keys: JSONWebKeySet,
): Promise<CheckedCheckpoint> {
  const claims = await readCheckpoint(signature, keys);
  const wrong = (fault: ChainProblem['fault'], message: string): CheckedCheckpoint => ({
    problem: { fault, number, entryId: null, message },
  });
  if (!claims) return wrong('SIGNATURE_WRONG', `The checkpoint of link ${number} is not signed with a known key`);
  if (claims.number === number && claims.digest === digest) return { problem: null, at: claims.at };
  return wrong('CHECKPOINT_BROKEN', `The chain at link ${number} is not what the checkpoint of ${claims.at} says it was`);
}
