import { ref } from '@mikro-orm/core';
import { declarationOf } from '#core/database/declare/registry.js';
import { newId } from '#core/database/id.js';
import { AppError } from '#core/errors/app-error.js';
import { badInput } from '#core/errors/bad-input.js';
import type { WriteContext } from '#core/feed/write.js';
import { requestApproval } from '#domains/approvals/index.js';
import { User } from '#domains/identity/users/user.entity.js';
import { baseModules, isOffered, offeredModules } from '../sandbox/modules.js';
import { covers } from './covers.js';
import { ModuleRequest } from './module-request.entity.js';
import { askerOf, type AskedFor } from './request-asker.js';
import { requestDigest } from './request-digest.js';

/** The Python module that is asked for, for a tool, or by an administrator for a server or for all. */
export interface ModuleWish extends AskedFor {
  moduleName: string;
}

/** Asks that code in the sandbox may import a Python module: it counts for all tools, whoever asks. */
export async function requestModule(context: WriteContext, { moduleName, ...asked }: ModuleWish): Promise<ModuleRequest> {
  const { em, actor, record } = context;
  if (!/^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$/.test(moduleName) || !isOffered(moduleName))
    throw badInput(`The sandbox has no module ${moduleName}; there are: ${offeredModules.join(', ')}`, 'input.moduleName');
  if (covers(baseModules, moduleName)) throw new AppError('CONFLICT', `Every tool may import ${moduleName} already`);
  const { tool, server } = await askerOf(context, asked);
  await refuseRepeated(context, { tool: tool?.id ?? null, server: server?.id ?? null, moduleName });
  const request = Object.assign(new ModuleRequest(), {
    id: newId(declarationOf(ModuleRequest).type),
    tool: tool && ref(tool),
    server: server && ref(server),
    moduleName,
    justification: asked.justification,
    requestedBy: actor.id === null ? null : ref(em.getReference(User, actor.id)),
    requestedByName: actor.name,
  } satisfies Partial<ModuleRequest>);
  const approval = await requestApproval(context, {
    kind: 'MODULE',
    subjectId: request.id,
    subjectName: `${moduleName} for ${tool?.name ?? server?.slug ?? 'all'}`,
    digest: requestDigest(request),
    riskLevel: 'MEDIUM',
    justification: asked.justification,
  });
  request.approval = ref(approval);
  em.persist(request);
  record('tools.moduleRequest.created', request);
  return request;
}

/** One and the same tool, or the administrators of a server or of all, ask once: not while it waits, and not when they have it. */
async function refuseRepeated(
  { em }: WriteContext,
  { moduleName, ...asker }: { tool: string | null; server: string | null; moduleName: string },
): Promise<void> {
  const same = await em.find(ModuleRequest, { ...asker, moduleName });
  const waiting = same.find(({ status }) => status === 'PENDING');
  if (waiting) throw new AppError('CONFLICT', `A request for ${moduleName} waits already`, { requestId: waiting.id });
  const allowing = same.find(({ isInForce }) => isInForce);
  if (allowing) throw new AppError('CONFLICT', `${moduleName} is allowed already`, { requestId: allowing.id });
}
