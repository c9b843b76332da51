import { createHmac } from 'node:crypto';
import { exportJWK, generateKeyPair, importJWK, type CryptoKey, type JSONWebKeySet, type JWK } from 'jose';
import { declarationOf } from '#core/database/declare/registry.js';
import { newId } from '#core/database/id.js';
import type { Database } from '#core/database/open-database.js';
import { seal, unseal } from '#core/secrets/seal.js';
import { SigningKey } from './signing-key.entity.js';

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
    readonly encryptionKey: Buffer,
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
    return createHmac('sha256', this.encryptionKey).update(`tag:${text}`).digest('base64url');
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
    key.sealedPrivateJwk = seal(this.encryptionKey, JSON.stringify(await exportJWK(privateKey)), `signing_keys:${key.id}`);
    return key;
  }

  async #load(keys: readonly SigningKey[]): Promise<void> {
    this.#keys = await Promise.all(
      keys.map(async ({ id, publicJwk, sealedPrivateJwk, createdAt }) => ({
        kid: id,
        publicJwk: publicJwk as JWK,
        privateKey: (await importJWK(
          JSON.parse(unseal(this.encryptionKey, sealedPrivateJwk, `signing_keys:${id}`)) as JWK,
          'EdDSA',
        )) as CryptoKey,
        createdAt,
      })),
    );
  }
}
