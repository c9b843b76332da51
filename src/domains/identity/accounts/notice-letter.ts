import type { Letter } from '#core/post/post.js';
import type { NoticeKind } from './account-notice.entity.js';

/** Where the links of notices lead to, below the address of the server; null where a notice has none. */
export const noticePaths: Readonly<Record<NoticeKind, string | null>> = {
  VERIFY_EMAIL: '/account/verify',
  RESET_PASSWORD: '/account/reset',
  INVITATION: '/account/invitation',
  ADDRESS_TAKEN: null,
  NAME_TAKEN: null,
};

const words: Readonly<Record<NoticeKind, { subject: string; before: string; after: string }>> = {
  VERIFY_EMAIL: {
    subject: 'Confirm your address',
    before: 'Somebody, hopefully you, registered at Signalbox with this address. To confirm that it is yours, open:',
    after: 'If it was not you, do nothing.',
  },
  RESET_PASSWORD: {
    subject: 'Set a new password',
    before: 'Somebody, hopefully you, asked for a new password at Signalbox. To set one, open:',
    after: 'The link works once. If it was not you, do nothing: the password stays as it is.',
  },
  INVITATION: {
    subject: 'You are invited to Signalbox',
    before: 'You are invited to help run Signalbox. To accept and choose a password, open:',
    after: 'The link works once. If you do not expect it, do nothing.',
  },
  ADDRESS_TAKEN: {
    subject: 'You have an account already',
    before: 'Somebody, hopefully you, tried to register at Signalbox with this address, which has an account already.',
    after: 'Sign in, or ask for a new password. If it was not you, do nothing.',
  },
  NAME_TAKEN: {
    subject: 'The name is taken',
    before: 'Somebody, hopefully you, tried to register at Signalbox with this address and a name that another user has.',
    after: 'Register again with another name. If it was not you, do nothing.',
  },
};

/** What a notice says; the token stands behind the #, which browsers send to nobody. */
export function noticeLetter(notice: { id: string; kind: NoticeKind; recipient: string }, publicUrl: string, token: string): Letter {
  const { id, kind, recipient: to } = notice;
  const { subject, before, after } = words[kind];
  const path = noticePaths[kind];
  const link = path && `${publicUrl}${path}#token=${token}`;
  return { id, kind, to, subject, link, text: [before, ...(link ? [link] : []), after].join('\n\n') + '\n' };
}
