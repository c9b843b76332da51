import { graph } from '../../../src/domains.js';
import { accountExamples } from './accounts.js';
import { approvalExamples } from './approvals.js';
import { auditExamples } from './audit.js';
import { entityExamples } from './entities.js';
import type { Examples } from './example.js';
import { identityExamples } from './identity.js';
import { jobExamples } from './jobs.js';
import { providerExamples } from './providers.js';
import { settingExamples } from './settings.js';
import { toolkitExamples } from './toolkits.js';
import { toolExamples } from './tools.js';
import { vaultExamples } from './vault.js';

const own: readonly Examples[] = [
  accountExamples,
  approvalExamples,
  auditExamples,
  identityExamples,
  jobExamples,
  providerExamples,
  settingExamples,
  toolExamples,
  toolkitExamples,
  vaultExamples,
];

/** Examples of all operations, which the test of the permission matrix runs as everybody who may ask. */
export const examples: Examples = Object.assign(entityExamples(graph.declared), ...own);
