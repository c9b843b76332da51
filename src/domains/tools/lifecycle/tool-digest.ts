import { entryDigest } from '#core/feed/digests.js';
import type { ToolContent } from './tool-content.js';

/**
 * What nobody has to agree to: how a tool is labelled for people, and what follows from its code. Everything else decides what runs, how
 * it is chosen, who may run it, how often and for how long.
 */
const leftOut = { displayName: null, category: null, neededModules: null };

/**
 * SHA-256, in hexadecimal digits, of what somebody has to agree to before a tool is used: all of its content but its labels, in the
 * canonical form of RFC 8785, without what is null.
 */
export const toolDigest = (content: ToolContent): string =>
  entryDigest({ ...content, codeDependencies: content.codeDependencies.toSorted(), ...leftOut });
