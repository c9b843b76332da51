import { ref } from '@mikro-orm/core';
import { declarationOf } from '#core/database/declare/registry.js';
import { newId } from '#core/database/id.js';
import { executeSql, sql } from '#core/database/sql.js';
import type { WriteContext } from '#core/feed/write.js';
import { KeyRing } from '#core/secrets/key-ring.js';
import { User } from '#domains/identity/users/user.entity.js';
import { noteOwnAccess } from './note-own-access.js';
import { rotationDue } from './rotation-due.js';
import { contextOf } from './sealed-versions.js';
import { SecretVersion } from './secret-version.entity.js';
import type { Secret } from './secret.entity.js';

/** Gives a secret, which the caller has locked, a new value; the one before stays among its versions, sealed. */
export async function addVersion(
  context: WriteContext,
  secret: Secret,
  value: string,
  rotationReason: string | null = null,
): Promise<void> {
  const { em, actor, now, services } = context;
  secret.hasValue = true;
  secret.nextRotationAt = rotationDue(secret, now);
  // The secret first: it may be new.
  await em.flush();
  const [last] = await executeSql<{ n: number }>(
    em,
    sql`with ended as (update secret_versions set is_active = false where secret_id = ${secret.id} and is_active)
      select coalesce(max(version_number), 0) as n from secret_versions where secret_id = ${secret.id}`,
  );
  const id = newId(declarationOf(SecretVersion).type);
  const ring = services.get(KeyRing);
  em.persist(
    Object.assign(new SecretVersion(), {
      id,
      secret: ref(secret),
      versionNumber: last!.n + 1,
      sealedValue: ring.sealEnvelope(value, contextOf(id, secret)),
      encryptionKeyId: ring.currentId,
      createdBy: actor.id === null ? null : ref(em.getReference(User, actor.id)),
      createdByName: actor.name,
      rotationReason,
      isActive: true,
      createdAt: now,
    }),
  );
  await noteOwnAccess(context, secret, 'WRITE');
}
