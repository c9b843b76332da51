/**
 * The level of a response, so that access logs have levels too.
 * @param {number} status
 * @returns {import('./level.mjs').Level}
 */
export function levelOfStatus(status) {
  if (status >= 500) return 'ERROR';
  return status >= 400 ? 'WARN' : 'INFO';
}
