import { policy } from '#core/policy/policy.js';
import { Toolkit } from './toolkit.entity.js';

/** Who sees toolkits: whoever is signed in. */
export const toolkitPolicies = [policy(Toolkit, (actor) => actor.kind !== 'anonymous')];
