import { exportJWK, generateKeyPair, importJWK, type CryptoKey, type JSONWebKeySet, type JWK } from 'jose';
import type { EntityManager } from '@mikro-orm/postgresql';
import { declarationOf } from '#core/database/declare/registry.js';
import { newId } from '#core/database/id.js';
import type { SealedColumn } from '#core/database/sealed-column.js';
import type { Logger } from '#core/log/logger.js';
import type { KeyRing } from '#core/secrets/key-ring.js';
import { MissingKey } from '#core/secrets/missing-key.js';
import { AuditKey } from './audit-key.entity.js';
import type { Signer } from './sign-statement.js';

const boundTo = (id: string): string => `audit_keys:${id}`;

/** Where the private halves are sealed. */
export const sealedAuditKeys: SealedColumn<AuditKey> = { entity: AuditKey, property: 'sealedPrivateJwk', context: ({ id }) => boundTo(id) };

/** The keys that sign checkpoints: the newest signs, all verify. */
export class AuditKeys {
  constructor(readonly ring: KeyRing) {}

  /**
   * The key that signs now; made when there is none yet, or when the encryption key of the newest is gone. The caller's transaction holds
   * the table, so that there is one.
   */
  async current(em: EntityManager, log: Logger): Promise<Signer> {
    await em.getConnection().execute('lock table audit_keys in exclusive mode', [], 'run', em.getTransactionContext());
    const [newest] = await em.find(AuditKey, {}, { orderBy: { createdAt: 'desc' }, limit: 1 });
    const known = newest && this.#privateJwkOf(newest, log);
    const { id, jwk } = known ?? this.#privateJwkOf(await this.add(em), log)!;
    return { kid: id, key: (await importJWK(jwk, 'EdDSA')) as CryptoKey };
  }

  /** Makes a key that signs from now on. */
  async add(em: EntityManager): Promise<AuditKey> {
    const { publicKey, privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
    const id = newId(declarationOf(AuditKey).type);
    const added = Object.assign(new AuditKey(), {
      id,
      publicJwk: await exportJWK(publicKey),
      sealedPrivateJwk: this.ring.seal(JSON.stringify(await exportJWK(privateKey)), boundTo(id)),
    });
    em.persist(added);
    await em.flush();
    return added;
  }

  // What it has signed still verifies, so that another one may take its place.
  #privateJwkOf({ id, sealedPrivateJwk }: AuditKey, log: Logger): { id: string; jwk: JWK } | null {
    try {
      return { id, jwk: JSON.parse(this.ring.unseal(sealedPrivateJwk, boundTo(id))) as JWK };
    } catch (error) {
      if (!(error instanceof MissingKey)) throw error;
      log.warn({ key: id, reason: error.message }, 'the key that signs checkpoints cannot be opened: a new one takes its place');
      return null;
    }
  }
}

/** The public halves of all keys (RFC 7517), the newest first. */
export async function publicAuditKeys(em: EntityManager): Promise<JSONWebKeySet> {
  const keys = await em.find(AuditKey, {}, { orderBy: { createdAt: 'desc' } });
  return { keys: keys.map(({ id, publicJwk }) => ({ ...(publicJwk as JWK), kid: id, alg: 'EdDSA', use: 'sig' })) };
}
