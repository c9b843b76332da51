import { nextCandidate } from './next-candidate.mjs';
import { ScannedText } from './scanned-text.mjs';
import { tokenAt } from './token-at.mjs';

const LONGEST_TEMPLATE = 300;

/** One for all texts: it is only used within one call. */
const scanned = new ScannedText();

/**
 * Replaces what varies between messages of one kind by placeholders: numbers, ids, addresses, times, quoted strings.
 * Paths are treated alike, so `/orders/42` becomes `/orders/<num>`.
 * @param {string} text
 */
export function makeTemplate(text) {
  scanned.load(text);
  return cut(scanned.hasVariables ? replaceVariables(scanned.text) : scanned.text);
}

/** @param {string} text */
function replaceVariables(text) {
  let template = '';
  let copied = 0;
  let at = nextCandidate(scanned, 0);
  while (at < scanned.end) {
    const { end, placeholder } = tokenAt(scanned, at);
    if (placeholder !== '') {
      template += text.slice(copied, at) + placeholder;
      copied = end;
    }
    at = nextCandidate(scanned, end);
  }
  return template + text.slice(copied);
}

/** @param {string} template */
function cut(template) {
  return template.length > LONGEST_TEMPLATE ? `${template.slice(0, LONGEST_TEMPLATE - 1)}…` : template;
}
