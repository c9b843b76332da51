import type { WriteContext } from '#core/feed/write.js';
import { findGranted } from './find-granted.js';
import { NetworkAccessRequest } from './network-access-request.entity.js';
import { syncAllowedHosts } from './sync-allowed-hosts.js';

/** Which approved request to take back, and why. */
export interface Revocation {
  id: string;
  reason?: string | null | undefined;
}

/** Takes back that tools may reach a host; what was decided stays as it was. */
export async function revokeNetworkAccess(context: WriteContext, { id, reason }: Revocation): Promise<NetworkAccessRequest> {
  const request = (await findGranted(context, NetworkAccessRequest, id)) as NetworkAccessRequest;
  request.revokedAt = context.now;
  context.record('tools.networkAccessRequest.revoked', request, reason == null ? {} : { message: reason });
  await syncAllowedHosts(context.em, request.server?.id ?? null);
  return request;
}
