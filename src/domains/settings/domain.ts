import type { Domain } from '#core/graph/domain.js';
import { GlobalConfig } from './global-config.entity.js';
import { reencrypt } from './reencrypt.js';
import { sealedSettings } from './sealed-settings.js';
import { settingDerived } from './setting.derived.js';
import { Setting } from './setting.entity.js';
import { settingPolicies } from './setting.policy.js';
import { SettingResolver } from './setting.resolver.js';

/** What people set while everything runs, and the keys that secrets are sealed with. */
export const settings: Domain = {
  name: 'settings',
  entities: [Setting, GlobalConfig],
  derived: settingDerived,
  policies: settingPolicies,
  resolvers: [SettingResolver],
  operations: [reencrypt],
  sealed: [sealedSettings],
};
