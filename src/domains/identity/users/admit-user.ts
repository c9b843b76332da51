import { AppError } from '#core/errors/app-error.js';
import { Denied } from '#core/feed/denied.js';
import type { WriteContext } from '#core/feed/write.js';
import { Settings } from '#core/settings/settings.js';
import { requireVerification } from '../accounts/account.settings.js';
import { checkTotp, totpOf } from '../factors/check-totp.js';
import type { User } from './user.entity.js';

/** Refuses a user whose first factor was right, and who has still to confirm the address or to show a code. */
export async function admitUser(context: WriteContext, user: User, totpCode: string | null | undefined): Promise<void> {
  if (user.mustVerify && !user.isVerified && context.services.get(Settings).value(requireVerification))
    throw new AppError('UNAUTHENTICATED', 'Confirm your address first, by the link that was sent to you', {
      reason: 'VERIFICATION_REQUIRED',
    });
  const totp = await totpOf(context, user.id);
  if (!totp) return;
  if (!totpCode)
    throw new Denied(
      'UNAUTHENTICATED',
      'Sign in with a code of your app too, as totpCode',
      { action: 'totp_required', by: { id: user.id, name: user.username }, severity: 'INFO' },
      { reason: 'TOTP_REQUIRED' },
    );
  await checkTotp(context, user, totp, totpCode);
}
