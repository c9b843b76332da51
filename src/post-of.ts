import { openPost } from '#core/post/open-post.js';
import type { Post } from '#core/post/post.js';
import type { Config } from './config.js';

/** How this installation sends something to people, by its configuration; null when it does not. */
export const postOf = ({ SMTP_URL, MAIL_FROM, NOTICE_WEBHOOK_URL, NOTICE_WEBHOOK_SECRET }: Config): Post | null =>
  openPost({ smtpUrl: SMTP_URL, from: MAIL_FROM, webhookUrl: NOTICE_WEBHOOK_URL, webhookSecret: NOTICE_WEBHOOK_SECRET });
