import type { EntityManager } from '@mikro-orm/postgresql';
import { declarationOf } from '#core/database/declare/registry.js';
import { newId } from '#core/database/id.js';
import { executeSql, sql, storableText } from '#core/database/sql.js';
import type { SecretAccessType } from './secret-access-type.js';
import { SecretAccess } from './secret-access.entity.js';

/** What somebody did with a secret, or tried to, and from where. */
export interface NotedAccess {
  secretId: string | null;
  secretName: string;
  serverId: string | null;
  userId: string | null;
  userName: string;
  toolId?: string | null | undefined;
  executionId?: string | null | undefined;
  accessType: SecretAccessType;
  isSuccessful: boolean;
  detail?: string | null | undefined;
  ipAddress: string | null;
  userAgent: string | null;
}

const longestName = 255;
const longestDetail = 1_000;
const plain = (text: string | null | undefined, most: number): string | null => (text ? storableText(text.slice(0, most)) : null);

/** Writes down an access, and that the value was read, in one statement. That leaves the revision of the secret as it is. */
export async function noteAccess(em: EntityManager, access: NotedAccess): Promise<void> {
  const { secretId, secretName, userName, toolId = null, executionId = null, detail, userAgent } = access;
  const isRead = access.accessType === 'READ' && access.isSuccessful;
  const values = {
    id: newId(declarationOf(SecretAccess).type),
    secret_id: secretId,
    secret_name: plain(secretName, longestName) ?? '',
    server_id: access.serverId,
    user_id: access.userId,
    user_name: userName,
    tool_id: toolId,
    execution_id: executionId,
    access_type: access.accessType,
    is_successful: access.isSuccessful,
    detail: plain(detail, longestDetail),
    ip_address: access.ipAddress,
    user_agent: plain(userAgent, longestDetail),
  };
  // To the second: many runs that read one secret at once do not queue for its row.
  const noteRead = sql`with noted as (
    update secrets set last_accessed_at = date_trunc('second', clock_timestamp())
    where id = ${secretId}::uuid and (last_accessed_at is null or last_accessed_at < date_trunc('second', clock_timestamp())))`;
  await executeSql(
    em,
    sql`${isRead ? noteRead : sql.empty} insert into secret_accesses (${sql.join(Object.keys(values).map((name) => sql.ref(name)))})
      values (${sql.join(Object.values(values))})`,
  );
}
