/** What cannot be decrypted, because the key is not there with which it was encrypted. */
export class MissingKey extends Error {
  override readonly name = 'MissingKey';

  constructor(readonly keyId: string) {
    super(`Sealed with the key ${keyId}, which is neither ENCRYPTION_KEY nor one of RETIRED_ENCRYPTION_KEYS`);
  }
}
