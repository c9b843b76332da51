import type { GraphQLFieldResolver } from 'graphql';
import { sql } from '#core/database/sql.js';
import { AppError, type ErrorCode } from '#core/errors/app-error.js';
import { encodeCursor } from '#core/feed/cursor.js';
import { Denied } from '#core/feed/denied.js';
import { sequencedStream } from '#core/feed/streams.js';
import { sequence, write, type WriteContext, type Written } from '#core/feed/write.js';
import type { CookieJar, Credentials, GraphContext } from './context.js';

/** What a mutation's resolver gets: the write context of its transaction, and the way to set cookies. */
export interface MutationContext extends WriteContext {
  readonly cookies: CookieJar;
  readonly credentials: Credentials;
  /** Lets the payload be read as the user of a session that this mutation begins. */
  readonly become: (sessionId: string) => void;
}

// What is hidden reads as missing, so a missing subject may be a denied attempt as well.
const denials: ReadonlySet<ErrorCode> = new Set(['UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND']);

/** Where a payload keeps what was written, for its cursor. */
const writtenKey = Symbol('written');

/** Runs a mutation's resolver in one transaction; a denied attempt is recorded in a transaction of its own. */
export function inTransaction(resolve: GraphQLFieldResolver<unknown, MutationContext>): GraphQLFieldResolver<unknown, GraphContext> {
  return async (source, args, context, info) => {
    try {
      const { actor, requestId, traceId, sourceIp, userAgent, cookies, credentials } = context;
      const origin = { actor, requestId, traceId, sourceIp, userAgent };
      let sessionId: string | null = null;
      const become = (id: string): void => void (sessionId = id);
      const written = await write(context.system, origin, async (write) => {
        // A cookie of a session that was not committed would push out a good one.
        const afterCommit: CookieJar = { setSession: (...cookie) => write.afterCommit(() => cookies.setSession(...cookie)) };
        return (await resolve(source, args, { ...write, cookies: afterCommit, credentials, become }, info)) as object;
      });
      if (sessionId !== null) await context.become(sessionId);
      return Object.assign(written.result, { [writtenKey]: written });
    } catch (error) {
      if (error instanceof AppError && denials.has(error.code)) await recordDenial(context, info.fieldName, error);
      throw error;
    } finally {
      context.reader.clear();
    }
  };
}

/** Records an attempt that was refused. */
export async function recordDenial(context: GraphContext, field: string, error: AppError): Promise<void> {
  await write(context.system, context, async (write) => {
    const denial = error instanceof Denied ? error.denial : null;
    write.record(denial?.action ?? `${field}.denied`, null, {
      outcome: 'FAILURE',
      message: error.message,
      ...(denial && { by: denial.by }),
    });
    await denial?.consequence?.(write);
  });
}

/** The cursor of a payload: where its change stands in the order of everything, and in the streams that it touched. */
export async function writtenCursor(payload: object, { system, reader }: GraphContext): Promise<string> {
  const { changeIds, positions } = (payload as { [writtenKey]: Written<unknown> })[writtenKey];
  await sequence(system);
  // A mutation that found nothing to do stands where it says, or where everything stands.
  const [row] = await reader.execute<{ position: string }>(sql`
    select coalesce((select max(position) from changes where id = any(${changeIds}::uuid[])), ${positions[sequencedStream] ?? null}::bigint,
      (select seq from streams where name = ${sequencedStream})) as position`);
  return encodeCursor({ ...positions, [sequencedStream]: Number(row!.position) });
}
