import { levelOfName } from './level-of-name.mjs';

const WORDS = 'FATAL|CRITICAL|CRIT|EMERGENCY|EMERG|ALERT|PANIC|SEVERE|ERROR|ERR|WARNING|WARN|NOTICE|INFO|DEBUG|TRACE';
const UPPER_CASE = new RegExp(`(?<![A-Za-z0-9_])(?:${WORDS})(?![A-Za-z0-9_])`);
const BRACKETED = new RegExp(`[[(<](?:${WORDS})[\\])>]`, 'i');
const LABELLED = /(?:level|lvl|severity)=["']?([a-z]+)/i;
const BRACKET_OPEN = /[[(<]/;

const SEARCHED = 200;

/**
 * Guesses a level from the words of a line. Only upper-case, bracketed or labelled (`level=`) words count:
 * "no error" in a sentence is not an error.
 * @param {string} line
 * @returns {import('./level.mjs').Level | undefined}
 */
export function guessLevel(line) {
  const text = line.length > SEARCHED ? line.slice(0, SEARCHED) : line;
  const labelled = text.includes('=') ? LABELLED.exec(text)?.[1] : undefined;
  const upper = labelled ?? UPPER_CASE.exec(text)?.[0];
  if (upper !== undefined) return levelOfName(upper);
  const bracketed = BRACKET_OPEN.test(text) ? BRACKETED.exec(text)?.[0] : undefined;
  return bracketed === undefined ? undefined : levelOfName(bracketed.slice(1, -1));
}
