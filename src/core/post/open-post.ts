import type { Post } from './post.js';
import { smtpPost } from './smtp-post.js';
import { webhookPost } from './webhook-post.js';

/** How letters are to be sent. */
export interface PostOptions {
  smtpUrl?: string | undefined;
  from?: string | undefined;
  webhookUrl?: string | undefined;
  webhookSecret?: string | undefined;
}

/** The way in which letters are sent, SMTP before the webhook; null where there is none. */
export function openPost({ smtpUrl, from, webhookUrl, webhookSecret }: PostOptions): Post | null {
  if (smtpUrl && from) return smtpPost(smtpUrl, from);
  if (webhookUrl && webhookSecret) return webhookPost(webhookUrl, webhookSecret);
  return null;
}
