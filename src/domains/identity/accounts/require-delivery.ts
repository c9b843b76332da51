import { AppError } from '#core/errors/app-error.js';
import type { WriteContext } from '#core/feed/write.js';
import { NoticeDelivery } from './notice-delivery.js';

/** Refuses what needs a link to be sent where nothing can be sent. */
export function requireDelivery({ services }: WriteContext): void {
  if (!services.get(NoticeDelivery).isOpen)
    throw new AppError('PRECONDITION_FAILED', 'This server sends no mails: ask an administrator, who can give you a link');
}
