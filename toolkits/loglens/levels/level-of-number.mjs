/** @typedef {import('./level.mjs').Level} Level */

/** @type {Level[]} */
const SYSLOG = ['FATAL', 'FATAL', 'FATAL', 'ERROR', 'WARN', 'INFO', 'INFO', 'DEBUG'];

/** @type {[number, Level][]} */
const PINO = [
  [60, 'FATAL'],
  [50, 'ERROR'],
  [40, 'WARN'],
  [30, 'INFO'],
  [20, 'DEBUG'],
  [10, 'TRACE'],
];

/**
 * The level of a number: 0 to 7 as in syslog, 10 to 60 as in pino and bunyan.
 * @param {number} number
 * @returns {Level | undefined}
 */
export function levelOfNumber(number) {
  if (number < 10) return SYSLOG[number];
  return PINO.find(([least]) => number >= least)?.[1];
}
