import { guessLevel } from '../levels/guess-level.mjs';

/**
 * Takes a line of no known format as a message whose level is guessed from its words.
 * @param {string} line
 * @returns {import('./entry.mjs').Entry}
 */
export function parsePlain(line) {
  return {
    format: 'plain',
    timeMs: undefined,
    hasZone: true,
    level: guessLevel(line) ?? 'UNKNOWN',
    message: line,
    request: undefined,
  };
}
