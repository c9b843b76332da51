import { declarationOf } from '#core/database/declare/registry.js';
import { newId } from '#core/database/id.js';
import type { WriteContext } from '#core/feed/write.js';
import { AuthProvider } from './auth-provider.entity.js';

/** Makes the one provider of the kind LOCAL when it is not there yet, enabled. */
export async function seedProviders({ em }: WriteContext): Promise<void> {
  if ((await em.count(AuthProvider, { kind: 'LOCAL' })) > 0) return;
  const values = { slug: 'local', name: 'Password', kind: 'LOCAL', config: {}, isEnabled: true } as const;
  em.persist(Object.assign(new AuthProvider(), { id: newId(declarationOf(AuthProvider).type), ...values }));
}
