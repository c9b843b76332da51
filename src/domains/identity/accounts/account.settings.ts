import { setting } from '#core/settings/setting.js';

/** Whether people may register themselves. */
export const selfRegistration = setting({
  key: 'accounts.selfRegistration',
  description: 'Whether people may register themselves',
  schema: { type: 'boolean' },
  default: false,
  requiresProof: true,
  isFeatureFlag: true,
});

/** Whether those who registered themselves confirm their address before they sign in. */
export const requireVerification = setting({
  key: 'accounts.requireVerification',
  description: 'Whether those who registered themselves must confirm their email address before they can sign in',
  schema: { type: 'boolean' },
  default: true,
  requiresProof: true,
});

/** The role that those get who register themselves. */
export const registrationRole = setting<string | null>({
  key: 'accounts.registrationRole',
  description:
    'Slug of the role that those get who register themselves, null for none; never one that changes users, rights, settings or tools, or approves',
  schema: { type: ['string', 'null'], not: { const: 'admin' }, maxLength: 100 },
  default: null,
  requiresProof: true,
});

/** How many notices one recipient gets within an hour. */
export const noticesPerHour = setting({
  key: 'accounts.noticesPerHour',
  description: 'How many notices about accounts one recipient gets within an hour at most; what goes beyond is left out',
  schema: { type: 'integer', minimum: 1, maximum: 1_000 },
  default: 5,
  requiresProof: true,
});

/** How long invitations are good. */
export const invitationDays = setting({
  key: 'accounts.invitationDays',
  description: 'For how many days an invitation can be accepted',
  schema: { type: 'integer', minimum: 1, maximum: 365 },
  default: 7,
  requiresProof: true,
});

/** Whether administrators need a second factor. */
export const requireTotpForAdministrators = setting({
  key: 'accounts.requireTotpForAdministrators',
  description: 'Whether superusers and holders of the role admin have their rights only once they have a second factor',
  schema: { type: 'boolean' },
  default: false,
  requiresProof: true,
  isFeatureFlag: true,
});

/** How old a proof of identity may be for sensitive operations. */
export const reauthenticationMinutes = setting({
  key: 'accounts.reauthenticationMinutes',
  description: 'For how many minutes a sign-in or reauthenticateSession is proof enough for sensitive operations; 0 asks for no proof',
  schema: { type: 'integer', minimum: 0, maximum: 525_600 },
  default: 720,
  requiresProof: true,
});

/** How long a session may be idle. */
export const sessionIdleMinutes = setting({
  key: 'sessions.idleMinutes',
  description: 'After how many minutes without a request a session is over',
  schema: { type: 'integer', minimum: 5, maximum: 525_600 },
  default: 10_080,
  requiresProof: true,
});

/** How long a session may last. */
export const sessionAbsoluteDays = setting({
  key: 'sessions.absoluteDays',
  description: 'After how many days a session is over, however much it is used',
  schema: { type: 'integer', minimum: 1, maximum: 365 },
  default: 30,
  requiresProof: true,
});
