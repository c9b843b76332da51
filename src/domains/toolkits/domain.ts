import type { Domain } from '#core/graph/domain.js';
import { jobToolkit } from './job-toolkit.js';
import { dashboardDerived } from './dashboard.derived.js';
import { scheduleDerived } from './schedule.derived.js';
import { ToolkitRemoval } from './toolkit-removal.entity.js';
import { toolkitDerived } from './toolkit.derived.js';
import { Toolkit } from './toolkit.entity.js';
import { toolkitPolicies } from './toolkit.policy.js';
import { ToolkitResolver } from './toolkit.resolver.js';
import { bundleUpload } from './toolkit.settings.js';

/** Toolkits and what they offer. */
export const toolkits: Domain = {
  name: 'toolkits',
  entities: [Toolkit, ToolkitRemoval],
  relations: [jobToolkit],
  derived: [...toolkitDerived, ...dashboardDerived, ...scheduleDerived],
  policies: toolkitPolicies,
  resolvers: [ToolkitResolver],
  settings: [bundleUpload],
};
