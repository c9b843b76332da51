import { exportJWK, generateKeyPair, importJWK, type CryptoKey, type JSONWebKeySet, type JWK } from 'jose';
import { declarationOf } from '#core/database/declare/registry.js';
import { newId } from '#core/database/id.js';
import type { Database } from '#core/database/open-database.js';
import type { KeyRing } from '#core/secrets/key-ring.js';
import { MissingKey } from '#core/secrets/missing-key.js';
import { SigningKey } from './signing-key.entity.js';
import { sealedSigningKeys } from './sealed-signing-keys.js';

const dayMs = 24 * 3_600_000;
const signsForMs = 30 * dayMs;
const keptForMs = 31 * dayMs;
const reloadMs = 1_000;

/** The key pairs of this installation: the newest signs, all that are kept verify. */
export class SigningKeys {
  #keys: { kid: string; publicJwk: JWK; privateKey: CryptoKey; createdAt: Date }[] = [];
  #reloading: Promise<void> = Promise.resolve();
  #reloadedAt = 0;

  constructor(
    readonly database: Database,
    readonly ring: KeyRing,
  ) {}

  /** Loads the keys, makes a new one when the newest has signed for 30 days, and forgets those of which no token can be valid. */
  async rotate(now = new Date()): Promise<void> {
    await this.database.fork().transactional(async (em) => {
      await em.getConnection().execute('lock table signing_keys in exclusive mode', [], 'run', em.getTransactionContext());
      await em.nativeDelete(SigningKey, { createdAt: { $lt: new Date(now.getTime() - keptForMs) } });
      const [newest] = await em.find(SigningKey, {}, { orderBy: { createdAt: 'desc' }, limit: 1 });
      if (!newest || newest.createdAt.getTime() < now.getTime() - signsForMs) {
        em.persist(await this.#make(now));
        await em.flush();
      }
      await this.#load(await em.find(SigningKey, {}, { orderBy: { createdAt: 'desc' } }));
    });
  }

  /** Loads the keys again, at most once a second: another node may have made one. */
  reload(): Promise<void> {
    if (Date.now() - this.#reloadedAt < reloadMs) return this.#reloading;
    this.#reloadedAt = Date.now();
    this.#reloading = this.database
      .fork()
      .find(SigningKey, {}, { orderBy: { createdAt: 'desc' } })
      .then((keys) => this.#load(keys));
    return this.#reloading;
  }

  /** A tag that only this installation can make for a text. */
  tag(text: string): string {
    return this.ring.tag(text);
  }

  /** Whether this installation has made the tag for that text. */
  isTagOf(text: string, tag: string): boolean {
    return this.ring.isTagOf(text, tag);
  }

  /** The key that signs now. */
  get current(): { kid: string; privateKey: CryptoKey } {
    return this.#keys[0]!;
  }

  /** The public keys (RFC 7517). */
  get jwks(): JSONWebKeySet {
    return { keys: this.#keys.map(({ kid, publicJwk }) => ({ ...publicJwk, kid, alg: 'EdDSA', use: 'sig' })) };
  }

  async #make(now: Date): Promise<SigningKey> {
    const { publicKey, privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
    const key = new SigningKey();
    key.id = newId(declarationOf(SigningKey).type);
    key.createdAt = now;
    key.publicJwk = await exportJWK(publicKey);
    key.sealedPrivateJwk = this.ring.seal(JSON.stringify(await exportJWK(privateKey)), sealedSigningKeys.context(key));
    return key;
  }

  async #load(keys: readonly SigningKey[]): Promise<void> {
    this.#keys = await Promise.all(
      keys.map(async (key) => ({
        kid: key.id,
        publicJwk: key.publicJwk as JWK,
        privateKey: (await importJWK(JSON.parse(this.#privateJwkOf(key)) as JWK, 'EdDSA')) as CryptoKey,
        createdAt: key.createdAt,
      })),
    );
  }

  #privateJwkOf(key: SigningKey): string {
    try {
      return this.ring.unseal(key.sealedPrivateJwk, sealedSigningKeys.context(key));
    } catch (error) {
      if (!(error instanceof MissingKey)) throw error;
      throw new Error(
        `The keys that sign access tokens are sealed with the encryption key ${error.keyId}, which is not there. Set it as ENCRYPTION_KEY, or name it in RETIRED_ENCRYPTION_KEYS`,
        { cause: error },
      );
    }
  }
}
