import { CompactSign, compactVerify, createLocalJWKSet, errors, type CryptoKey, type JSONWebKeySet } from 'jose';

/** A key that signs, and the id by which it is found among the public ones. */
export interface Signer {
  readonly kid: string;
  readonly key: CryptoKey;
}

/** Signs what is stated: a compact JWS (RFC 7515) with EdDSA. The type keeps a statement of one kind from passing for one of another. */
export const signStatement = (type: string, claims: object, { kid, key }: Signer): Promise<string> =>
  new CompactSign(new TextEncoder().encode(JSON.stringify(claims))).setProtectedHeader({ alg: 'EdDSA', kid, typ: type }).sign(key);

/** What a signed statement of a type says; null when none of the keys signed it, or when it is of another type. */
export async function readStatement(type: string, signature: string, keys: JSONWebKeySet): Promise<unknown> {
  try {
    const { payload, protectedHeader } = await compactVerify(signature, createLocalJWKSet(keys), { algorithms: ['EdDSA'] });
    return protectedHeader.typ === type ? JSON.parse(new TextDecoder().decode(payload)) : null;
  } catch (error) {
    if (error instanceof errors.JOSEError) return null;
    throw error;
  }
}
