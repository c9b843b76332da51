const ZERO = 48;

/**
 * The number that is written with exactly so many digits at a position; NaN when a digit is missing.
 * @param {string} text
 * @param {number} at
 * @param {number} length
 */
export function digitsAt(text, at, length) {
  let value = 0;
  for (let end = at + length; at < end; at += 1) {
    const digit = text.charCodeAt(at) - ZERO;
    if (!(digit >= 0 && digit <= 9)) return NaN;
    value = value * 10 + digit;
  }
  return value;
}
