import type { Database } from '#core/database/open-database.js';
import type { AuthProviderKind } from './auth-provider-kind.js';
import { AuthProvider } from './auth-provider.entity.js';

/** What everybody may know of a provider that is enabled. */
export interface SignInMethod {
  id: string;
  slug: string;
  name: string;
  kind: AuthProviderKind;
}

const most = 100;

/** The providers that are enabled, by name, passwords of Signalbox first; for whoever is about to sign in. */
export async function listSignInMethods(database: Pick<Database, 'fork'>): Promise<SignInMethod[]> {
  const found = await database.fork().find(AuthProvider, { isEnabled: true }, { orderBy: { name: 'asc' }, limit: most });
  return found
    .map(({ id, slug, name, kind }) => ({ id, slug, name, kind }))
    .sort((a, b) => Number(b.kind === 'LOCAL') - Number(a.kind === 'LOCAL'));
}
