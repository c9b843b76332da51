import { executeSql, sql } from '#core/database/sql.js';
import { AppError } from '#core/errors/app-error.js';
import { Denied } from '#core/feed/denied.js';
import type { WriteContext } from '#core/feed/write.js';
import { KeyRing } from '#core/secrets/key-ring.js';
import { hashRecoveryCode } from './recovery-codes.js';
import { RecoveryCode } from './recovery-code.entity.js';
import { sealedTotps } from './sealed-totps.js';
import { stepOfCode } from './totp-code.js';
import { Totp } from './totp.entity.js';
import type { User } from '../users/user.entity.js';

const mostFailures = 5;
const lockMs = 15 * 60_000;

/** The second factor of a user, as far as it counts; null when there is none. */
export const totpOf = ({ em }: WriteContext, userId: string): Promise<Totp | null> =>
  em.findOne(Totp, { user: userId, confirmedAt: { $ne: null } });

/**
 * Refuses a code that is neither a fresh one of the user's app nor a recovery code that was not used yet. Each is taken once. After some
 * wrong ones none is taken for a while.
 */
export async function checkTotp(context: WriteContext, user: User, totp: Totp, code: string): Promise<void> {
  const { em, now } = context;
  // One at a time, so that many guesses at once are not looked at before the first was counted.
  const [turn] = await executeSql<{ mine: boolean }>(
    em,
    sql`select pg_try_advisory_xact_lock(hashtextextended(${`totp ${user.id}`}, 0)) as mine`,
  );
  if (!turn!.mine) throw new AppError('RATE_LIMITED', 'Another code of this user is being looked at', { retryAfterMs: 1_000 });
  await em.refresh(totp);
  const waitMs = (totp.lockedUntil?.getTime() ?? 0) - now.getTime();
  if (waitMs > 0) throw new AppError('RATE_LIMITED', 'Too many wrong codes: try again later', { retryAfterMs: waitMs });
  if (!(await isTaken(context, totp, code))) throw wrongCode(user, totp);
  await executeSql(em, sql`update totps set failures = 0, locked_until = null where id = ${totp.id}`);
}

// In the statement that takes it, so that of two uses at once one finds it used.
async function isTaken({ em, now, services }: WriteContext, totp: Totp, code: string): Promise<boolean> {
  const step = stepOfCode(services.get(KeyRing).unseal(totp.sealedSecret, sealedTotps.context(totp)), code.replace(/\s/g, ''), now);
  if (step !== null) {
    const taken = await executeSql(
      em,
      sql`update totps set last_step = ${step} where id = ${totp.id} and last_step < ${step} returning id`,
    );
    return taken.length === 1;
  }
  const used = await em.nativeUpdate(RecoveryCode, { user: totp.user.id, codeHash: hashRecoveryCode(code), usedAt: null }, { usedAt: now });
  return used === 1;
}

const wrongCode = (user: User, totp: Totp): Denied =>
  new Denied(
    'UNAUTHENTICATED',
    'The code is wrong or was used before',
    {
      action: 'totp_failed',
      by: { id: user.id, name: user.username },
      consequence: async ({ em, now }) => {
        await executeSql(
          em,
          sql`update totps set failures = case when failures + 1 >= ${mostFailures} then 0 else failures + 1 end,
            locked_until = case when failures + 1 >= ${mostFailures} then ${new Date(now.getTime() + lockMs)}::timestamptz else locked_until end where id = ${totp.id}`,
        );
      },
    },
    { reason: 'TOTP_WRONG' },
  );
