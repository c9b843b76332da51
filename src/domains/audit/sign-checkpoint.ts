import type { JSONWebKeySet } from 'jose';
import { readStatement, signStatement, type Signer } from './sign-statement.js';

/** What a checkpoint states: how the chain stood at a time. */
export interface CheckpointClaims {
  readonly number: number;
  readonly digest: string;
  /** ISO 8601. */
  readonly at: string;
}

const type = 'signalbox-audit-checkpoint';

/** Signs a checkpoint. */
export const signCheckpoint = ({ number, digest, at }: CheckpointClaims, signer: Signer): Promise<string> =>
  signStatement(type, { number, digest, at }, signer);

/** What a signed checkpoint states; null when none of the keys signed it, or when it is no checkpoint. */
export const readCheckpoint = async (signature: string, keys: JSONWebKeySet): Promise<CheckpointClaims | null> =>
  (await readStatement(type, signature, keys)) as CheckpointClaims | null;
