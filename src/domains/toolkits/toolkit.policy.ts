import { can } from '#core/policy/actor.js';
import { policy } from '#core/policy/policy.js';
import { ToolkitRemoval } from './toolkit-removal.entity.js';
import { Toolkit } from './toolkit.entity.js';

/** Who sees toolkits: whoever is signed in; what was uninstalled, holders of toolkit:manage. */
export const toolkitPolicies = [
  policy(Toolkit, (actor) => actor.kind !== 'anonymous'),
  policy(ToolkitRemoval, (actor) => can(actor, 'toolkit:manage')),
];
