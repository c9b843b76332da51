import { executeSql, sql } from '#core/database/sql.js';
import type { WriteSystem } from '#core/feed/write.js';
import { KeyRing } from '#core/secrets/key-ring.js';
import { hashToken } from '#core/secrets/token.js';
import { sealedSsoChecks } from './sealed-providers.js';
import { requestMs, SsoRequest } from './sso-request.entity.js';

/** What is known of a browser that comes back. */
export interface TakenRequest {
  nonce: string;
  verifier: string;
  returnTo: string;
  startedAt: Date;
  /** The session whose user is to be linked; null for a sign-in. */
  linksTo: string | null;
}

/** Takes the request of a browser that comes back from a provider; null when there is none, or it was taken before. */
export async function takeSsoRequest(
  { database, services }: Pick<WriteSystem, 'database' | 'services'>,
  { slug, state, browser }: { slug: string; state: string; browser: string },
): Promise<TakenRequest | null> {
  const em = database.fork();
  const [taken] = await executeSql<{ id: string }>(
    em,
    sql`
    update sso_requests r set used_at = now() from auth_providers p
    where p.id = r.provider_id and p.slug = ${slug} and r.state_hash = ${hashToken(state)} and r.browser_hash = ${hashToken(browser)}
      and r.used_at is null and r.expires_at > now() returning r.id`,
  );
  if (!taken) return null;
  const request = await em.findOneOrFail(SsoRequest, { id: taken.id });
  const checks = services.get(KeyRing).unseal(request.sealedChecks, sealedSsoChecks.context(request));
  return {
    ...(JSON.parse(checks) as Pick<TakenRequest, 'nonce' | 'verifier'>),
    returnTo: request.returnTo,
    startedAt: new Date(request.expiresAt.getTime() - requestMs),
    linksTo: request.session?.id ?? null,
  };
}
