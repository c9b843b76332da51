/**
 * What a log tells about one request; fields that it does not tell are undefined.
 * @typedef {object} Request
 * @property {string | undefined} method
 * @property {string | undefined} path without the query
 * @property {number | undefined} status
 * @property {number | undefined} sentBytes
 * @property {number | undefined} durationMs
 * @property {string | undefined} client
 */

/**
 * What was recognised in one line.
 * @typedef {object} Entry
 * @property {string} format a key of FORMATS
 * @property {number | undefined} timeMs
 * @property {boolean} hasZone false when the zone had to be assumed
 * @property {import('../levels/level.mjs').Level} level
 * @property {string | undefined} message
 * @property {Request | undefined} request
 */

/** The formats by name, each with the words for it. */
export const FORMATS = {
  'access-common': 'access log, common format',
  'access-combined': 'access log, combined format',
  json: 'JSON lines',
  'syslog-rfc3164': 'syslog, RFC 3164',
  'syslog-rfc5424': 'syslog, RFC 5424',
  timestamped: 'text with timestamps',
  'apache-error': 'Apache error log',
  plain: 'plain text',
};
