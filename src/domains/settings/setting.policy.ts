import { sql } from '#core/database/sql.js';
import { can } from '#core/policy/actor.js';
import { policy } from '#core/policy/policy.js';
import { GlobalConfig } from './global-config.entity.js';
import { Setting } from './setting.entity.js';

/** Who sees settings: holders of setting:read and of setting:write; feature flags and the configuration, whoever is signed in. */
export const settingPolicies = [
  policy(
    Setting,
    (actor, alias) =>
      can(actor, 'setting:read') ||
      can(actor, 'setting:write') ||
      (actor.kind !== 'anonymous' && sql`${sql.ref(`${alias}.is_feature_flag`)}`),
  ),
  policy(GlobalConfig, (actor) => actor.kind !== 'anonymous'),
];
