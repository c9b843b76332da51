import { executeSql, sql, type Sql } from '#core/database/sql.js';
import { deleteInBatches } from '#core/jobs/delete-in-batches.js';
import type { OwnOperation, OwnRun } from '#core/jobs/own-operation.js';
import { Settings } from '#core/settings/settings.js';
import { forgottenAfter } from '../attempts/attempts.js';
import { sessionRetentionDays } from './session.settings.js';

interface Expired {
  name: string;
  table: string;
  words: string;
  condition: Sql;
}

const expiredNow = (keptDays: number): readonly Expired[] => [
  { name: 'revokedTokens', table: 'revoked_tokens', words: 'revoked tokens', condition: sql`expires_at < now()` },
  {
    name: 'signInLinks',
    table: 'sign_in_links',
    words: 'sign-in links',
    condition: sql`used_at is not null or expires_at < now()`,
  },
  {
    name: 'accountNotices',
    table: 'account_notices',
    words: 'notices about accounts',
    condition: sql`next_attempt_at is null and expires_at < now() - interval '1 day'`,
  },
  {
    name: 'sessions',
    table: 'sessions',
    words: 'sessions',
    condition: sql`least(revoked_at, expires_at) < now() - make_interval(days => ${keptDays})`,
  },
  { name: 'attempts', table: 'attempt_counts', words: 'counts of attempts', condition: sql`last_at < now() - ${forgottenAfter}` },
  {
    name: 'apiTokens',
    table: 'api_tokens',
    words: 'API tokens',
    condition: sql`least(revoked_at, expires_at) < now() - make_interval(days => ${keptDays})`,
  },
];

/** Deletes what signed people in and is of no use any more; a session or API token that has ended stays for a while, so that it can be looked up. */
export const trimSessions: OwnOperation = {
  name: 'trimSessions',
  description:
    'Deletes revoked tokens that have expired, sign-in links and notices about accounts that were used or have expired, counts of attempts of days before, and sessions and API tokens that ended longer ago than the setting sessions.retentionDays says',
  cron: '47 3 * * *',
  run: deleteExpired,
};

async function deleteExpired(run: OwnRun): Promise<Record<string, number>> {
  const deleted: Record<string, number> = {};
  for (const each of expiredNow(run.system.services.get(Settings).value(sessionRetentionDays))) {
    const count = await deleteAll(run, each);
    deleted[each.name] = count;
    await run.log('INFO', `${count} ${each.words} deleted`);
  }
  return deleted;
}

const deleteAll = (run: OwnRun, { table, words, condition }: Expired): Promise<number> =>
  deleteInBatches(run, {
    words,
    size: 1_000,
    async next(size) {
      const [row] = await executeSql<{ n: number }>(
        run.system.database.fork(),
        sql`
        with old as (select id from ${sql.ref(table)} where ${condition} limit ${size} for update skip locked),
          gone as (delete from ${sql.ref(table)} where id in (select id from old) returning 1)
        select count(*)::int as n from gone`,
      );
      return row!.n;
    },
  });
