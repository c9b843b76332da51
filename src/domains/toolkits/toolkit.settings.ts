import { setting } from '#core/settings/setting.js';

/** Whether toolkits may be uploaded: their code then runs on the machines of the workers. */
export const bundleUpload = setting({
  key: 'toolkits.bundleUpload',
  description: 'Whether superusers may upload toolkits as bundles. Their code runs on the machines of the workers',
  schema: { type: 'boolean' },
  default: false,
  isFeatureFlag: true,
  severity: 'HIGH',
  requiresProof: true,
});
