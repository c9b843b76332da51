import type { Domain } from '#core/graph/domain.js';
import { ServerProcess } from './server-process.entity.js';
import { serverProcessPolicy } from './server-process.policy.js';

/** What the installation itself is doing. */
export const observability: Domain = {
  name: 'observability',
  entities: [ServerProcess],
  policies: [serverProcessPolicy],
};
