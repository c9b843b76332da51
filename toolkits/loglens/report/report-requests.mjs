import { clip } from '../figures/clip.mjs';
import { round } from './round.mjs';
import { writeTime } from './write-time.mjs';

const LONGEST_PATH = 300;
const CLASSES = ['1xx', '2xx', '3xx', '4xx', '5xx'];

/** @typedef {import('../figures/path-figures.mjs').PathSlot} PathSlot */
/** @typedef {import('../figures/request-figures.mjs').RequestFigures} RequestFigures */

/**
 * What the requests in a log add up to.
 * @param {RequestFigures} requests
 * @param {number} length of the lists
 */
export function reportRequests(requests, length) {
  const statuses = [...requests.statuses.entries()].filter(([, count]) => count > 0);
  const classes = CLASSES.map((name, at) => [name, countBetween(statuses, (at + 1) * 100)]);
  return {
    count: requests.count,
    withoutPath: requests.withoutPath,
    sentBytes: requests.sentBytes,
    statusClasses: Object.fromEntries(classes),
    statusCodes: Object.fromEntries(statuses.map(([status, count]) => [String(status), count])),
    methods: Object.fromEntries(requests.methods.top(length).rows.map(([key, { count }]) => [clip(key, 30), count])),
    durations: requests.durations.count > 0 ? writeDurations(requests.durations) : null,
    topPaths: writeList(requests.paths.mostRequested(length), writePath),
    slowestPaths: writeList(requests.paths.slowest(length), writeSlowPath),
    slowestRequests: requests.slowest.list.map(({ timeMs, method, path, status, durationMs }) => ({
      at: writeTime(timeMs),
      method: method ?? null,
      path: clip(path, LONGEST_PATH),
      status: status ?? null,
      durationMs: round(durationMs),
    })),
    topClients: writeList(requests.clients.top(length), (client, { count }) => ({ client: clip(client, 100), count })),
  };
}

/**
 * @param {[number, number][]} statuses
 * @param {number} from
 */
function countBetween(statuses, from) {
  return statuses.reduce((sum, [status, count]) => (status >= from && status < from + 100 ? sum + count : sum), 0);
}

/**
 * @template S
 * @param {{ isApproximate: boolean, missedUpTo: number, rows: [string, S][] }} list
 * @param {(key: string, slot: S) => object} writeRow
 */
function writeList({ isApproximate, missedUpTo, rows }, writeRow) {
  return { isApproximate, missedUpTo, top: rows.map(([key, slot]) => writeRow(key, slot)) };
}

/**
 * @param {string} path
 * @param {PathSlot} slot
 */
function writePath(path, { count, errors, sentBytes, example }) {
  return { path: clip(path, LONGEST_PATH), count, errors, sentBytes, example: clip(example, LONGEST_PATH) };
}

/**
 * @param {string} path
 * @param {PathSlot} slot
 */
function writeSlowPath(path, { durations, example }) {
  const written = durations ? writeDurations(durations) : {};
  return { path: clip(path, LONGEST_PATH), ...written, example: clip(example, LONGEST_PATH) };
}

/** @param {import('../figures/log-histogram.mjs').LogHistogram} durations */
function writeDurations(durations) {
  return {
    count: durations.count,
    meanMs: round(durations.meanMs),
    p50Ms: round(durations.quantileMs(0.5)),
    p95Ms: round(durations.quantileMs(0.95)),
    maxMs: round(durations.maxMs),
  };
}
