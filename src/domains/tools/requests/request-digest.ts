import { entryDigest } from '#core/feed/digests.js';
import type { ModuleRequest } from './module-request.entity.js';
import { NetworkAccessRequest } from './network-access-request.entity.js';

/** SHA-256, in hexadecimal digits, of what somebody has to agree to: what is asked for, for whom, and why. */
export function requestDigest(request: NetworkAccessRequest | ModuleRequest): string {
  const { tool, server, justification } = request;
  const what = request instanceof NetworkAccessRequest ? { host: request.host, port: request.port } : { moduleName: request.moduleName };
  return entryDigest({ ...what, tool: tool?.id ?? null, server: server?.id ?? null, justification });
}
