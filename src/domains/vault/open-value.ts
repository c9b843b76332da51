import { AppError } from '#core/errors/app-error.js';
import type { KeyRing } from '#core/secrets/key-ring.js';
import { MissingKey } from '#core/secrets/missing-key.js';
import { contextOf } from './sealed-versions.js';

/** A secret with its present value, which is null when it has none. */
export interface SealedSecret {
  id: string;
  name: string;
  isActive: boolean;
  isExpired: boolean;
  version: { id: string; sealedValue: string } | null;
}

/** Decrypts the value of a secret; refuses with `PRECONDITION_FAILED` one that is not to be used, has no value or cannot be decrypted. */
export function openValue(ring: KeyRing, secret: SealedSecret): string {
  const { name, isActive, isExpired, version } = secret;
  if (!isActive) throw refusal(name, 'is not active');
  if (isExpired) throw refusal(name, 'has expired');
  if (!version) throw refusal(name, 'has no value yet');
  try {
    return ring.unseal(version.sealedValue, contextOf(version.id, secret));
  } catch (error) {
    const why =
      error instanceof MissingKey
        ? `is encrypted with the key ${error.keyId}, which this process does not have: add that to RETIRED_ENCRYPTION_KEYS, or set it anew`
        : 'cannot be decrypted: set it anew';
    throw new Undecryptable('PRECONDITION_FAILED', `The secret ${name} ${why}`);
  }
}

/** What is said of a value that is there and cannot be decrypted. */
export class Undecryptable extends AppError {}

const refusal = (name: string, why: string): AppError => new AppError('PRECONDITION_FAILED', `The secret ${name} ${why}`);
