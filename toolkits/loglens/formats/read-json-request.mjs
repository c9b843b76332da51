import { readDuration } from './read-duration.mjs';

const LARGEST_SECONDS = 1e11;

/**
 * Reads the request that a JSON line tells of; undefined when it has neither a status nor a method with a path.
 * @param {import('./read-json-fields.mjs').JsonFields} fields
 * @returns {import('./entry.mjs').Request | undefined}
 */
export function readJsonRequest(fields) {
  const status = readStatus(fields.status);
  const path = typeof fields.path === 'string' ? withoutQuery(fields.path) : undefined;
  const method = typeof fields.method === 'string' ? fields.method.toUpperCase() : undefined;
  const isRequest = status !== undefined || (path !== undefined && method !== undefined);
  if (!isRequest) return undefined;
  const sentBytes = Number(fields.sentBytes ?? NaN);
  return {
    method,
    path,
    status,
    sentBytes: sentBytes >= 0 ? sentBytes : undefined,
    durationMs: durationOf(fields),
    client: typeof fields.client === 'string' ? fields.client : undefined,
  };
}

/** @param {unknown} value */
function readStatus(value) {
  const status = typeof value === 'string' && value.length === 3 ? Number(value) : value;
  const isStatus = typeof status === 'number' && Number.isInteger(status) && status >= 100 && status < 600;
  return isStatus ? status : undefined;
}

/** @param {string} path */
function withoutQuery(path) {
  const query = path.indexOf('?');
  return query === -1 ? path : path.slice(0, query);
}

/**
 * A bare `duration` is milliseconds, but seconds where the time is a number of seconds too, as zap and Caddy write.
 * @param {import('./read-json-fields.mjs').JsonFields} fields
 */
function durationOf(fields) {
  const isInSeconds = typeof fields.time === 'number' && fields.time < LARGEST_SECONDS;
  return (
    readDuration(fields.durationMs, 'ms') ??
    readDuration(fields.durationSeconds, 's') ??
    readDuration(fields.duration, isInSeconds ? 's' : 'ms')
  );
}
