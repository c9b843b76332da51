import { can } from '#core/policy/actor.js';
import { policy } from '#core/policy/policy.js';
import { ServerProcess } from './server-process.entity.js';

/** Who sees the processes of the installation: holders of system:read. */
export const serverProcessPolicy = policy(ServerProcess, (actor) => can(actor, 'system:read'));
