import { clip } from '../figures/clip.mjs';
import { writeTime } from './write-time.mjs';

const LONGEST_TEMPLATE = 300;

/**
 * The most frequent messages; their counts may be too low by up to `missedUpTo` when they are approximate.
 * @param {import('../figures/message-groups.mjs').MessageGroups} groups
 * @param {number} length
 */
export function reportMessages(groups, length) {
  const { isApproximate, missedUpTo, rows } = groups.top(length);
  return {
    isApproximate,
    missedUpTo,
    top: rows.map(([template, { count, level, example, firstMs, lastMs }]) => ({
      template: clip(template, LONGEST_TEMPLATE),
      count,
      level,
      example,
      first: writeTime(firstMs),
      last: writeTime(lastMs),
    })),
  };
}
