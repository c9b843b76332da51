import { AppError } from '#core/errors/app-error.js';
import type { WriteContext } from '#core/feed/write.js';
import { findProvider } from './find-provider.js';
import { keepProviderOfAdministrator } from './keep-provider-of-administrator.js';

/** Deletes a provider, and with it who people are there; they, their roles and their sessions stay. Returns its id. */
export async function deleteAuthProvider(context: WriteContext, id: string): Promise<string> {
  const { provider } = await findProvider(context, id);
  if (provider.kind === 'LOCAL') throw new AppError('PRECONDITION_FAILED', 'The provider LOCAL stays: disable it instead');
  await keepProviderOfAdministrator(context, provider, () => {
    context.em.remove(provider);
    context.record('identity.authProvider.deleted', provider, { severity: 'HIGH' });
  });
  return id;
}
