/**
 * Rounds to three decimals.
 * @param {number} number
 */
export function round(number) {
  return Math.round(number * 1000) / 1000;
}
