import type { JSONWebKeySet } from 'jose';
import type { ChainProblem } from './chain-problem.js';
import { readCheckpoint } from './sign-checkpoint.js';

/** A checkpoint as it is kept beside what it signs. */
export interface KeptCheckpoint {
  readonly number: number;
  readonly digest: string;
  readonly signature: string;
}

/** What is wrong with a checkpoint, or with the link that it speaks of. */
export async function checkCheckpoint({ number, signature }: KeptCheckpoint, digest: string, keys: JSONWebKeySet): Promise<ChainProblem[]> {
  const claims = await readCheckpoint(signature, keys);
  if (!claims)
    return [
      { fault: 'SIGNATURE_WRONG', number, entryId: null, message: `The checkpoint of link ${number} is not signed with a known key` },
    ];
  if (claims.number === number && claims.digest === digest) return [];
  const message = `The chain at link ${number} is not what the checkpoint of ${claims.at} says it was`;
  return [{ fault: 'CHECKPOINT_BROKEN', number, entryId: null, message }];
}
