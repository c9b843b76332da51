import type { EntityManager } from '@mikro-orm/postgresql';
import { executeSql, sql } from '#core/database/sql.js';
import type { Actor } from '#core/policy/actor.js';
import type { Settings } from '#core/settings/settings.js';
import { hashToken } from '#core/secrets/token.js';
import { findTokenActors } from './find-token-actors.js';

/** The actor that a program is with an API token, or none; notes to the minute when the token was used, and from where. */
export async function useApiToken(
  em: EntityManager,
  token: string,
  { settings, sourceIp }: { settings: Settings; sourceIp: string | null },
): Promise<Actor[]> {
  const actors = await findTokenActors(em, sql`t.token_hash = ${hashToken(token)}`, settings);
  for (const { apiToken } of actors)
    await executeSql(
      em,
      sql`update api_tokens set last_used_at = now(), last_used_ip = ${sourceIp}
      where id = ${apiToken!.id} and (last_used_at is null or last_used_at < now() - interval '1 minute')`,
    );
  return actors;
}
