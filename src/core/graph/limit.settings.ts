import { setting, type SettingDeclaration } from '#core/settings/setting.js';

/** What the operations of one user may cost in a minute. */
export const pointsPerMinute = setting({
  key: 'limits.pointsPerMinute',
  description: 'How many points of cost the operations of one user may come to in a minute, on each process of the API',
  schema: { type: 'integer', minimum: 1_000 },
  default: 100_000_000,
});

/** What the operations of strangers from one address may cost in a minute. */
export const anonymousPointsPerMinute = setting({
  key: 'limits.anonymousPointsPerMinute',
  description:
    'How many points of cost the operations of callers who are not signed in may come to in a minute from one address, on each process of the API',
  schema: { type: 'integer', minimum: 100 },
  default: 1_000_000,
});

/** How many connections one address may have open. */
export const connectionsPerAddress = setting({
  key: 'limits.connectionsPerAddress',
  description: 'How many sockets and event streams may be open from one address, on each process of the API',
  schema: { type: 'integer', minimum: 10 },
  default: 5_000,
});

/** How many connections one user may have open. */
export const connectionsPerUser = setting({
  key: 'limits.connectionsPerUser',
  description: 'How many sockets and event streams one user may have open, on each process of the API',
  schema: { type: 'integer', minimum: 10 },
  default: 5_000,
});

/** How many operations a socket may carry. */
export const operationsPerSocket = setting({
  key: 'limits.operationsPerSocket',
  description: 'How many operations a socket may carry at a time',
  schema: { type: 'integer', minimum: 1, maximum: 100_000 },
  default: 1_000,
});

/** How many refused attempts are recorded one by one. */
export const denialsPerMinute = setting({
  key: 'limits.denialsPerMinute',
  description:
    'How many refused attempts of one caller are recorded one by one in a minute, on each process; the next one that is recorded says how many were left out',
  schema: { type: 'integer', minimum: 1 },
  default: 120,
  requiresProof: true,
});

/** The limits that people can set while everything runs. */
export const limitSettings: readonly SettingDeclaration[] = [
  pointsPerMinute,
  anonymousPointsPerMinute,
  connectionsPerAddress,
  connectionsPerUser,
  operationsPerSocket,
  denialsPerMinute,
];
