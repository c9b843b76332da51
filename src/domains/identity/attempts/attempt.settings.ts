import { setting } from '#core/settings/setting.js';

/** How often in a row something may be tried under one name. */
export const triesPerName = setting({
  key: 'limits.triesPerName',
  description:
    'How often in a row a sign-in may fail under one username before each further try has to wait: 1 second, then twice as long each time, up to 15 minutes',
  schema: { type: 'integer', minimum: 1, maximum: 1_000 },
  default: 5,
  requiresProof: true,
});

/** How often something may be tried from one address. */
export const triesPerAddress = setting({
  key: 'limits.triesPerAddress',
  description: 'How often in a row sign-ins may fail from one address before each further try has to wait in the same way',
  schema: { type: 'integer', minimum: 1, maximum: 100_000 },
  default: 50,
  requiresProof: true,
});
