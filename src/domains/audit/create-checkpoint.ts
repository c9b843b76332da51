import { declarationOf } from '#core/database/declare/registry.js';
import { newId } from '#core/database/id.js';
import { executeSql, sql } from '#core/database/sql.js';
import { AppError } from '#core/errors/app-error.js';
import type { WriteContext } from '#core/feed/write.js';
import { AuditCheckpoint } from './audit-checkpoint.entity.js';
import { AuditKeys } from './audit-keys.js';
import { signCheckpoint } from './sign-checkpoint.js';

/** Signs how the chain of the audit trail stands now. */
export async function createCheckpoint({ em, now, services, record, afterCommit, log }: WriteContext): Promise<AuditCheckpoint> {
  const [last] = await executeSql<{ number: string; digest: string }>(
    em,
    sql`select number, digest from audit_seals order by number desc limit 1`,
  );
  if (!last) throw new AppError('PRECONDITION_FAILED', 'There is nothing in the audit trail yet');
  const signer = await services.get(AuditKeys).current(em, log);
  const claims = { number: Number(last.number), digest: last.digest, at: now.toISOString() };
  const checkpoint = Object.assign(new AuditCheckpoint(), {
    id: newId(declarationOf(AuditCheckpoint).type),
    createdAt: now,
    number: claims.number,
    digest: claims.digest,
    signature: await signCheckpoint(claims, signer),
  });
  em.persist(checkpoint);
  record('audit.checkpoint.signed', checkpoint);
  // Whoever collects the log has copies of the checkpoints out of reach of the database.
  afterCommit(() => log.info({ ...claims, signature: checkpoint.signature }, 'a checkpoint of the audit trail was signed'));
  return checkpoint;
}
