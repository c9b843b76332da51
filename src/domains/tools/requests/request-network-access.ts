import { ref } from '@mikro-orm/core';
import { declarationOf } from '#core/database/declare/registry.js';
import { newId } from '#core/database/id.js';
import { AppError } from '#core/errors/app-error.js';
import { badInput } from '#core/errors/bad-input.js';
import type { WriteContext } from '#core/feed/write.js';
import { requestApproval } from '#domains/approvals/index.js';
import { User } from '#domains/identity/users/user.entity.js';
import { hostEntry } from './host-entry.js';
import { NetworkAccessRequest } from './network-access-request.entity.js';
import { normalHost } from './normal-host.js';
import { askerOf, type AskedFor } from './request-asker.js';
import { requestDigest } from './request-digest.js';

/** The host that is asked for, for a tool or by an administrator for a server; without a port, all ports. */
export interface HostWish extends AskedFor {
  host: string;
  port?: number | null | undefined;
}

const highestPort = 65_535;

/** Asks that the tools of a server may reach a host. */
export async function requestNetworkAccess(
  context: WriteContext,
  { host: given, port = null, ...asked }: HostWish,
): Promise<NetworkAccessRequest> {
  const { em, actor, record } = context;
  const host = normalHost(given);
  if (host === null) throw badInput('host is a host name or an IP address, without scheme, port, path or wildcard', 'input.host');
  if (port !== null && (port < 1 || port > highestPort)) throw badInput(`port is between 1 and ${highestPort}`, 'input.port');
  const { tool, server } = await askerOf(context, asked);
  if (!server)
    throw tool
      ? new AppError('PRECONDITION_FAILED', `${tool.name} belongs to no MCP server, whose tools could reach a host`)
      : badInput('Say for which tool or server', 'input.tool', 'input.server');
  await refuseRepeated(context, { tool: tool?.id ?? null, server: server.id, host, port });
  const request = Object.assign(new NetworkAccessRequest(), {
    id: newId(declarationOf(NetworkAccessRequest).type),
    tool: tool && ref(tool),
    server: ref(server),
    host,
    port,
    justification: asked.justification,
    requestedBy: actor.id === null ? null : ref(em.getReference(User, actor.id)),
    requestedByName: actor.name,
  } satisfies Partial<NetworkAccessRequest>);
  const approval = await requestApproval(context, {
    kind: 'NETWORK_ACCESS',
    subjectId: request.id,
    subjectName: `${hostEntry(host, port)} for ${tool?.name ?? server.slug}`,
    digest: requestDigest(request),
    riskLevel: port === null ? 'HIGH' : 'MEDIUM',
    justification: asked.justification,
  });
  request.approval = ref(approval);
  em.persist(request);
  record('tools.networkAccessRequest.created', request);
  return request;
}

interface Wanted {
  tool: string | null;
  server: string;
  host: string;
  port: number | null;
}

/** One and the same tool, or the administrators of a server, ask once: not while it waits, and not when they have it. */
async function refuseRepeated({ em }: WriteContext, { tool, server, host, port }: Wanted): Promise<void> {
  const entry = hostEntry(host, port);
  const same = await em.find(NetworkAccessRequest, { tool, server, host });
  const waiting = same.find((each) => each.status === 'PENDING' && each.port === port);
  if (waiting) throw new AppError('CONFLICT', `A request for ${entry} waits already`, { requestId: waiting.id });
  const allowing = same.find((each) => each.isInForce && (each.port === null || each.port === port));
  if (allowing) throw new AppError('CONFLICT', `${entry} is allowed already`, { requestId: allowing.id });
}
