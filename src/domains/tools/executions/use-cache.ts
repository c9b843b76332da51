import { LockMode } from '@mikro-orm/core';
import { sql as raw } from '@mikro-orm/core';
import { entryDigest } from '#core/feed/digests.js';
import type { WriteContext } from '#core/feed/write.js';
import type { ToolVersion } from '../tool-version.entity.js';
import type { Tool } from '../tool.entity.js';
import { ToolCacheEntry } from './tool-cache-entry.entity.js';

/**
 * Under what the result of a tool is kept: SHA-256 of the tool, its version, the approval of its use and its parameters in the canonical
 * form of RFC 8785. What a tool elsewhere answered before it moved answers nothing there.
 */
export const cacheKeyOf = ({ id, approval }: Tool, { versionNumber }: ToolVersion, parameters: object): string =>
  entryDigest({ tool: id, version: versionNumber, agreement: approval?.id ?? null, parameters });

/** The result that answers the question, which counts as one more use of it; null when there is none whose time is not over. */
export async function useCache({ em, now }: WriteContext, tool: Tool, cacheKey: string): Promise<ToolCacheEntry | null> {
  const entry = await em.findOne(
    ToolCacheEntry,
    { tool, cacheKey, expiresAt: { $gt: raw`clock_timestamp()` } },
    { lockMode: LockMode.PESSIMISTIC_WRITE },
  );
  if (!entry) return null;
  entry.hitCount += 1;
  entry.lastHitAt = now;
  return entry;
}
