import { ref } from '@mikro-orm/core';
import { declarationOf } from '#core/database/declare/registry.js';
import { isUuid, newId } from '#core/database/id.js';
import { AppError } from '#core/errors/app-error.js';
import { Problems } from '#core/errors/problems.js';
import type { WriteContext } from '#core/feed/write.js';
import { authorize } from '#core/policy/actor.js';
import { User } from '#domains/identity/users/user.entity.js';
import { addVersion } from './add-version.js';
import { checkPermission } from './check-permission.js';
import { checkName, checkRotation, checkSecret, checkValue, type GivenSecretValues } from './check-secret.js';
import { Secret } from './secret.entity.js';

/** What a new secret is called, whose tools use it, and its value, if it has one yet. */
export interface NewSecret extends GivenSecretValues {
  name: string;
  serverId?: string | null;
  value?: string | null;
}

/** Creates a secret of the caller or of a server. Without a value it is a placeholder, which programs may create too. */
export async function createSecret(context: WriteContext, { name, serverId = null, value = null, ...given }: NewSecret): Promise<Secret> {
  const { em, actor, record } = context;
  // Whatever carries a value does not go through a program, which may be a language model.
  if (value !== null) authorize(actor, serverId === null ? 'signedIn' : 'secret:manage', 'inPerson');
  const values = Object.fromEntries(Object.entries(given).filter(([, each]) => each != null)) as GivenSecretValues;
  const secret = Object.assign(new Secret(), { type: 'GENERIC' as const, ...values });
  const problems = new Problems();
  checkName(name, problems);
  if (serverId !== null && !isUuid(serverId)) problems.add('serverId is the id of a server', 'input.serverId');
  if (value !== null) checkValue(value, problems);
  checkSecret(values, problems);
  checkRotation(secret, problems);
  await checkPermission(context, values.requiredPermission, problems);
  problems.throwIfAny();

  const scope = serverId === null ? { serverId: null, owner: actor.id } : { serverId };
  if ((await em.count(Secret, { ...scope, name })) > 0)
    throw new AppError('CONFLICT', `Another secret ${serverId === null ? 'of yours' : 'of this server'} has this name already`, {
      paths: ['input.name'],
    });
  const owner = actor.id === null ? null : ref(em.getReference(User, actor.id));
  Object.assign(secret, { id: newId(declarationOf(Secret).type), name, serverId, owner, ownerName: actor.name });
  em.persist(secret);
  if (value !== null) await addVersion(context, secret, value);
  record('vault.secret.created', secret, { isSensitive: value !== null });
  return secret;
}
