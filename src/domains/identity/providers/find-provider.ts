import { isUuid } from '#core/database/id.js';
import { notFound } from '#core/errors/not-found.js';
import type { WriteContext } from '#core/feed/write.js';
import type { Actor } from '#core/policy/actor.js';
import { AuthProvider } from './auth-provider.entity.js';
import { mayManageProviders } from './may-manage-providers.js';

/** Finds a provider that the actor may change; returns the actor too, as it is under the lock of the rights. */
export async function findProvider(context: WriteContext, id: string): Promise<{ provider: AuthProvider; actor: Actor }> {
  const provider = isUuid(id) ? await context.em.findOne(AuthProvider, { id }) : null;
  const actor = await mayManageProviders(context, provider);
  if (!provider) throw notFound(`AuthProvider ${id}`);
  // What was read before the lock may be out of date.
  await context.em.refresh(provider);
  return { provider, actor };
}
