import { LockMode } from '@mikro-orm/core';
import type { WriteContext } from '#core/feed/write.js';
import { cancelApproval } from '#domains/approvals/index.js';
import { ModuleRequest } from './module-request.entity.js';
import { NetworkAccessRequest } from './network-access-request.entity.js';

/** Cancels what still waits of the requests of a tool or a server that is deleted. */
export async function withdrawRequests(context: WriteContext, of: { tool: string } | { server: string }, reason: string): Promise<void> {
  const { em } = context;
  for (const entity of [NetworkAccessRequest, ModuleRequest]) {
    const waiting = await em.find<NetworkAccessRequest | ModuleRequest>(
      entity,
      { ...of, status: 'PENDING' },
      { lockMode: LockMode.PESSIMISTIC_WRITE, orderBy: { id: 'asc' } },
    );
    for (const { approval } of waiting) if (approval) await cancelApproval(context, await approval.loadOrFail(), reason);
    await em.flush();
    // The ORM must not touch them again when what they are of goes: they go with it.
    for (const request of waiting) em.getUnitOfWork().unsetIdentity(request);
  }
}
