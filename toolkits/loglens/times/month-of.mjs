const MONTHS = new Map(
  ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'].map((name, month) => [name, month]),
);

/**
 * The month, from 0, whose English abbreviation stands at a position; -1 when none does.
 * @param {string} text
 * @param {number} at
 */
export function monthOf(text, at) {
  return MONTHS.get(text.slice(at, at + 3)) ?? -1;
}
