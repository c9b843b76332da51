import { randomUUID } from 'node:crypto';
import { ownOrigin } from '#core/feed/origin.js';
import { write } from '#core/feed/write.js';
import { sql } from '#core/database/sql.js';
import { system } from '#core/policy/actor.js';
import { createSecret, type NewSecret } from '#domains/vault/create-secret.js';
import type { TestApp } from './app.js';
import { rowsOf } from './changes.js';

/** A secret of a user, or of nobody; `serverId` makes it one of a server. */
export async function aSecret(
  app: TestApp,
  ownerId: string | null,
  values: Partial<NewSecret> & { isActive?: boolean } = {},
): Promise<{ id: string; name: string }> {
  const name = values.name ?? `S_${randomUUID()}`;
  const actor = { ...system, id: ownerId, name: 'somebody' };
  const { result } = await write(app.system, { ...ownOrigin, actor }, (context) => createSecret(context, { ...values, name }));
  return { id: result.id, name };
}

/** What is noted of accesses of a secret by its name, oldest first; without ids and times. */
export const accessesOf = (app: TestApp, name: string): Promise<Record<string, unknown>[]> =>
  rowsOf(
    app,
    sql`select user_name as by, access_type as type, is_successful as ok, detail from secret_accesses where secret_name = ${name} order by accessed_at, id`,
  );

/** All that is stored of secrets, as text. */
export const vaultOf = async (app: TestApp): Promise<string> =>
  JSON.stringify(
    await rowsOf(
      app,
      sql`select (select json_agg(s order by id) from secrets s) as secrets, (select json_agg(v order by id) from secret_versions v) as versions`,
    ),
  );
