const BACKSLASH = 92;

/**
 * The position of the quote that closes a string; quotes behind a backslash belong to it. -1 when none closes it.
 * @param {string} text
 * @param {number} at after the opening quote
 */
export function closingQuote(text, at) {
  let quote = text.indexOf('"', at);
  while (quote > at && isEscaped(text, quote, at)) quote = text.indexOf('"', quote + 1);
  return quote;
}

/**
 * @param {string} text
 * @param {number} quote
 * @param {number} start
 */
function isEscaped(text, quote, start) {
  let slashes = 0;
  while (quote - slashes > start && text.charCodeAt(quote - slashes - 1) === BACKSLASH) slashes += 1;
  return slashes % 2 === 1;
}
