import type { Domain } from '#core/graph/domain.js';
import { jobToolkit } from './job-toolkit.js';
import { toolkitDerived } from './toolkit.derived.js';
import { Toolkit } from './toolkit.entity.js';
import { toolkitPolicies } from './toolkit.policy.js';

/** Toolkits and what they offer. */
export const toolkits: Domain = {
  name: 'toolkits',
  entities: [Toolkit],
  relations: [jobToolkit],
  derived: toolkitDerived,
  policies: toolkitPolicies,
};
