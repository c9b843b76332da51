/**
 * How bad a log entry is.
 * @typedef {'FATAL' | 'ERROR' | 'WARN' | 'INFO' | 'DEBUG' | 'TRACE' | 'UNKNOWN'} Level
 */

/**
 * The levels, worst first; UNKNOWN is that of an entry which tells none.
 * @type {readonly Level[]}
 */
export const LEVELS = ['FATAL', 'ERROR', 'WARN', 'INFO', 'DEBUG', 'TRACE', 'UNKNOWN'];
