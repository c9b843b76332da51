import { CompactSign, compactVerify, createLocalJWKSet, errors, type CryptoKey, type JSONWebKeySet } from 'jose';

/** What a checkpoint states: how the chain stood at a time. */
export interface CheckpointClaims {
  readonly number: number;
  readonly digest: string;
  /** ISO 8601. */
  readonly at: string;
}

const type = 'signalbox-audit-checkpoint';

/** Signs a checkpoint: a compact JWS (RFC 7515) with EdDSA. */
export const signCheckpoint = ({ number, digest, at }: CheckpointClaims, kid: string, key: CryptoKey): Promise<string> =>
  new CompactSign(new TextEncoder().encode(JSON.stringify({ number, digest, at })))
    .setProtectedHeader({ alg: 'EdDSA', kid, typ: type })
    .sign(key);

/** What a signed checkpoint states; null when none of the keys signed it, or when it is no checkpoint. */
export async function readCheckpoint(signature: string, keys: JSONWebKeySet): Promise<CheckpointClaims | null> {
  try {
    const { payload, protectedHeader } = await compactVerify(signature, createLocalJWKSet(keys), { algorithms: ['EdDSA'] });
    return protectedHeader.typ === type ? (JSON.parse(new TextDecoder().decode(payload)) as CheckpointClaims) : null;
  } catch (error) {
    if (error instanceof errors.JOSEError) return null;
    throw error;
  }
}
