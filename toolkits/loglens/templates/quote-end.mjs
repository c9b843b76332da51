import { closingQuote } from '../formats/closing-quote.mjs';
import { WORD } from './scanned-text.mjs';

const NONE = -1;

/**
 * The end of the quoted string which begins at a position; -1 when none does. An apostrophe within a word is none.
 * @param {import('./scanned-text.mjs').ScannedText} scanned
 * @param {number} at
 */
export function quoteEnd(scanned, at) {
  const { text } = scanned;
  const quote = text.charAt(at);
  if (quote !== '"' && scanned.is(at - 1, WORD)) return NONE;
  let last = quote === '"' ? closingQuote(text, at + 1) : text.indexOf(quote, at + 1);
  while (quote !== '"' && last !== -1 && scanned.is(last + 1, WORD)) last = text.indexOf(quote, last + 1);
  return last === -1 ? NONE : last + 1;
}
