import type { EntityManager } from '@mikro-orm/postgresql';
import { isUuid } from '#core/database/id.js';
import { notFound } from '#core/errors/not-found.js';
import { ToolVersion } from '../tool-version.entity.js';

/** Finds versions of a tool by their numbers, in that order. */
export async function findVersions(em: EntityManager, toolId: string, numbers: readonly number[]): Promise<ToolVersion[]> {
  const found = isUuid(toolId) ? await em.find(ToolVersion, { tool: toolId, versionNumber: { $in: [...numbers] } }) : [];
  return numbers.map((number) => {
    const version = found.find(({ versionNumber }) => versionNumber === number);
    if (!version) throw notFound(`Version ${number} of the tool ${toolId}`);
    return version;
  });
}
