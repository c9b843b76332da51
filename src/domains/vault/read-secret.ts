import type { EntityManager } from '@mikro-orm/postgresql';
import { executeSql, sql } from '#core/database/sql.js';
import { AppError } from '#core/errors/app-error.js';
import type { WriteSystem } from '#core/feed/write.js';
import { can, type Actor } from '#core/policy/actor.js';
import { KeyRing } from '#core/secrets/key-ring.js';
import { findActor } from '#domains/identity/index.js';
import { noteAccess, type NotedAccess } from './note-access.js';
import { openValue, Undecryptable } from './open-value.js';

/** Who reads a secret: an actor with the rights that it has, or a user with those that the database says. */
export type SecretReader = Actor | { id: string | null; name: string };

/** Which secret of a server is read, for whom and for what. */
export interface SecretRequest extends Partial<Pick<NotedAccess, 'toolId' | 'executionId' | 'detail' | 'ipAddress' | 'userAgent'>> {
  serverId: string;
  name: string;
  by: SecretReader;
}

interface SecretRow {
  id: string;
  name: string;
  is_active: boolean;
  is_expired: boolean;
  required_permission: string | null;
  version_id: string | null;
  sealed_value: string | null;
}

/**
 * Reads the value of a server's secret; null when there is none to be had: it is missing, a placeholder, inactive or expired, or the reader
 * lacks the permission that it asks for. Each try is noted before the value is handed out; one that cannot be decrypted is an error.
 */
export async function readSecret(system: WriteSystem, request: SecretRequest): Promise<string | null> {
  const { serverId, name, by } = request;
  const em = system.database.fork();
  const row = await find(em, serverId, name);
  const found = await valueOf(system, em, row, by);
  await note(em, row, request, 'value' in found ? null : found.error.message);
  if ('value' in found) return found.value;
  if (found.error instanceof Undecryptable) throw found.error;
  return null;
}

async function note(
  em: EntityManager,
  row: SecretRow | null,
  { serverId, name, by, ipAddress = null, userAgent = null, detail, ...about }: SecretRequest,
  problem: string | null,
): Promise<void> {
  await noteAccess(em, {
    ...about,
    secretId: row?.id ?? null,
    secretName: name,
    serverId,
    userId: by.id,
    userName: by.name,
    accessType: 'READ',
    isSuccessful: problem === null,
    detail: problem === null ? detail : [detail, problem].filter(Boolean).join(': '),
    ipAddress,
    userAgent,
  });
}

async function find(em: EntityManager, serverId: string, name: string): Promise<SecretRow | null> {
  const [row] = await executeSql<SecretRow>(
    em,
    sql`select s.id, s.name, s.is_active, coalesce(s.expires_at <= now(), false) as is_expired, s.required_permission,
        v.id as version_id, v.sealed_value
      from secrets s left join secret_versions v on v.secret_id = s.id and v.is_active
      where s.server_id = ${serverId}::uuid and s.name = ${name}`,
  );
  return row ?? null;
}

async function valueOf(
  system: WriteSystem,
  em: EntityManager,
  row: SecretRow | null,
  by: SecretReader,
): Promise<{ value: string } | { error: AppError }> {
  try {
    if (!row) throw new AppError('NOT_FOUND', 'The server has no secret of this name');
    const { id, name, is_active: isActive, is_expired: isExpired, required_permission: permission } = row;
    if (permission !== null && !(await holds(system, em, by, permission)))
      throw new AppError('FORBIDDEN', `This needs the permission ${permission}`);
    const version = row.version_id === null ? null : { id: row.version_id, sealedValue: row.sealed_value! };
    return { value: openValue(system.services.get(KeyRing), { id, name, isActive, isExpired, version }) };
  } catch (error) {
    if (error instanceof AppError) return { error };
    throw error;
  }
}

/**
 * The permission that a server's secret asks for and the reader lacks, which is noted as a refused try; null when there is none, or no
 * such secret.
 */
export async function lackingForSecret(system: WriteSystem, request: SecretRequest): Promise<string | null> {
  const em = system.database.fork();
  const row = await find(em, request.serverId, request.name);
  const permission = row?.required_permission ?? null;
  if (permission === null || (await holds(system, em, request.by, permission))) return null;
  await note(em, row, request, `This needs the permission ${permission}`);
  return permission;
}

async function holds({ services }: WriteSystem, em: EntityManager, by: SecretReader, permission: string): Promise<boolean> {
  if ('permissions' in by) return can(by, permission);
  const actor = by.id === null ? null : await findActor(em, by.id, services);
  return actor !== null && can(actor, permission);
}
