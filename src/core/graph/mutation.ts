import { GraphQLError, type GraphQLFieldResolver, type GraphQLResolveInfo } from 'graphql';
import { sql } from '#core/database/sql.js';
import { AppError, type ErrorCode } from '#core/errors/app-error.js';
import { encodeCursor } from '#core/feed/cursor.js';
import { Denied } from '#core/feed/denied.js';
import { Refusals } from '#core/feed/refusals.js';
import { sequencedStream } from '#core/feed/streams.js';
import { sequence, write, type WriteContext, type Written } from '#core/feed/write.js';
import { Settings } from '#core/settings/settings.js';
import { callerKey } from './caller-key.js';
import type { CookieJar, Credentials, GraphContext } from './context.js';
import { DenialQuota } from './denial-quota.js';
import { denialsPerMinute } from './limit.settings.js';
import { beforehandOf } from './beforehand.js';
import { namedIds } from './named-ids.js';
import { isTooDeep } from './public-error.js';
import { takenInput } from './taken-input.js';

/** What a mutation's resolver gets: the write context of its transaction, and the way to set cookies. */
export interface MutationContext extends WriteContext {
  readonly cookies: CookieJar;
  readonly credentials: Credentials;
  /** What was done `Beforehand`; undefined without that. */
  readonly prepared: unknown;
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
      const { actor, requestId, traceId, sourceIp, userAgent, isAgent, cookies, credentials } = context;
      const origin = { actor, requestId, traceId, sourceIp, userAgent, isAgent };
      let sessionId: string | null = null;
      const become = (id: string): void => void (sessionId = id);
      const prepared = await beforehandOf(info)?.(context, args as never);
      const written = await write(context.system, origin, async (write) => {
        // A cookie of a session that was not committed would push out a good one.
        const afterCommit: CookieJar = {
          setSession: (...cookie) => write.afterCommit(() => cookies.setSession(...cookie)),
          bindBrowser: () => cookies.bindBrowser(),
        };
        let isRecorded = false;
        const record: WriteContext['record'] = (...change) => {
          isRecorded = true;
          write.record(...change);
        };
        const result = (await resolve(
          source,
          args,
          { ...write, record, cookies: afterCommit, credentials, prepared, become },
          info,
        )) as object;
        // Such as a job that was asked for before: that somebody asked again is told as well.
        if (!isRecorded) write.record(`${info.fieldName}.unchanged`, null, detailsOf(idsOf(info, args as object)));
        return result;
      });
      if (sessionId !== null) await context.become(sessionId);
      return Object.assign(written.result, { [writtenKey]: written });
    } catch (error) {
      const ids = idsOf(info, args as object);
      if (error instanceof AppError) {
        if (denials.has(error.code) || error instanceof Denied) await recordDenial(context, info.fieldName, error, ids);
      } else if (!(error instanceof GraphQLError) && !isTooDeep(error)) await recordFailure(context, info.fieldName, ids);
      throw error instanceof AppError ? takenInput(error, args.input as object | undefined) : error;
    } finally {
      context.reader.clear();
    }
  };
}

/** What the arguments of a field name by id. */
export const idsOf = ({ parentType, fieldName }: GraphQLResolveInfo, args: object): Record<string, string> | undefined =>
  namedIds(parentType.getFields()[fieldName]!.args, args) ?? undefined;

const detailsOf = (details: Record<string, unknown> | undefined): { details?: Record<string, unknown> } => (details ? { details } : {});

/** Records an attempt that was refused; `details` say what it named. Of very many of one caller, some are left out and counted. */
export async function recordDenial(context: GraphContext, field: string, error: AppError, details?: Record<string, string>): Promise<void> {
  const denial = error instanceof Denied ? error.denial : null;
  // What names its own action is mostly bounded by what it is about.
  const leftOut = denial && !denial.isCounted ? 0 : countDenial(context, field);
  if (leftOut === null) return;
  await write(context.system, context, async (write) => {
    write.record(denial?.action ?? `${field}.denied`, null, {
      outcome: denial ? (denial.outcome ?? 'FAILURE') : 'DENIED',
      message: denial?.why ?? error.message,
      ...detailsOf(
        details || denial?.details || leftOut > 0
          ? { ...details, ...denial?.details, ...(leftOut > 0 && { leftOutBefore: leftOut }) }
          : undefined,
      ),
      ...(denial && { by: denial.by }),
      ...(denial?.severity && { severity: denial.severity }),
    });
    await denial?.consequence?.(write);
  });
}

// How many of the caller were left out before this one; null when this one is left out too.
function countDenial(context: GraphContext, field: string): number | null {
  const { services, log } = context.system;
  const quota = services.get(DenialQuota).take(callerKey(context), services.get(Settings).value(denialsPerMinute));
  if ('leftOut' in quota) return quota.leftOut;
  services.get(Refusals).count('denials');
  if (quota.isFirst) log.warn({ caller: callerKey(context), field }, 'too many refused attempts of one caller: some are not recorded');
  return null;
}

// The database may be what broke: then the log is all there is.
async function recordFailure(context: GraphContext, field: string, details: Record<string, string> | undefined): Promise<void> {
  const failure = { outcome: 'ERROR', message: 'It broke; the log says why', ...detailsOf(details) } as const;
  await write(context.system, context, async ({ record }) => record(`${field}.failed`, null, failure)).catch((err: unknown) =>
    context.system.log.warn({ err, field }, 'a failed mutation could not be recorded'),
  );
}

/** The cursor of a payload: where its change stands in the order of everything, and in the streams that it touched. */
export async function writtenCursor(payload: object, { system, reader }: GraphContext): Promise<string> {
  const { changeIds, positions } = (payload as { [writtenKey]: Written<unknown> })[writtenKey];
  await sequence(system);
  // A mutation that repeats another stands where it says; one that found nothing to do, where everything stands.
  const [row] = await reader.execute<{ position: string }>(sql`
    select coalesce(${positions[sequencedStream] ?? null}::bigint, (select max(position) from changes where id = any(${changeIds}::uuid[])),
      (select seq from streams where name = ${sequencedStream})) as position`);
  return encodeCursor({ ...positions, [sequencedStream]: Number(row!.position) });
}
