import { LEVELS } from '../levels/level.mjs';
import { makeTemplate } from '../templates/make-template.mjs';
import { isPlausibleTime } from '../times/is-plausible-time.mjs';
import { ErrorJumps } from './error-jumps.mjs';
import { MessageGroups } from './message-groups.mjs';
import { RequestFigures } from './request-figures.mjs';
import { TimeBuckets } from './time-buckets.mjs';

/** @typedef {import('../formats/entry.mjs').Entry} Entry */
/** @typedef {import('./message-groups.mjs').Sighting} Sighting */

/**
 * What happens while a log is read that a person watching wants to hear of.
 * @typedef {object} Listener
 * @property {(sighting: Sighting) => void} newError the first error of a template
 * @property {(jump: import('./error-jumps.mjs').ErrorJump) => void} errorJump
 */

/** Adds entries up to the figures of the report, in bounded memory. */
export class LogFigures {
  #listener;
  #hasMessage = false;
  #hasError = false;

  /** @type {Record<import('../levels/level.mjs').Level, number>} */
  levels = Object.assign({}, ...LEVELS.map((level) => ({ [level]: 0 })));
  firstMs = Infinity;
  lastMs = -Infinity;
  undated = 0;
  withoutZone = 0;
  messages = new MessageGroups();
  errors = new MessageGroups();
  jumps = new ErrorJumps();
  buckets;
  requests;

  /**
   * @param {number} top
   * @param {Listener} listener
   */
  constructor(top, listener) {
    this.#listener = listener;
    this.requests = new RequestFigures(top);
    this.buckets = new TimeBuckets((bucket) => {
      const jump = this.jumps.judge(bucket);
      if (jump) listener.errorJump(jump);
    });
  }

  /** @param {Entry} entry */
  add(entry) {
    const { level, request } = entry;
    const isError = level === 'ERROR' || level === 'FATAL';
    this.levels[level] += 1;
    this.#addTime(entry, isError);
    const path = request ? this.requests.add(request, entry.timeMs) : undefined;
    const sighting = entry.message === undefined ? failedRequest(entry, path) : messageOf(entry, entry.message);
    this.#hasMessage = sighting !== undefined;
    this.#hasError = sighting !== undefined && isError;
    if (!sighting) return;
    this.messages.add(sighting);
    if (isError && this.errors.add(sighting)) this.#listener.newError(sighting);
  }

  /**
   * Adds a line which belongs to the entry before it.
   * @param {string} line
   */
  continue(line) {
    if (this.#hasMessage) this.messages.continue(line);
    if (this.#hasError) this.errors.continue(line);
  }

  /**
   * @param {Entry} entry
   * @param {boolean} isError
   */
  #addTime({ timeMs, hasZone }, isError) {
    if (timeMs === undefined || !isPlausibleTime(timeMs)) {
      this.undated += 1;
      return;
    }
    if (!hasZone) this.withoutZone += 1;
    if (timeMs < this.firstMs) this.firstMs = timeMs;
    if (timeMs > this.lastMs) this.lastMs = timeMs;
    this.buckets.add(timeMs, isError);
  }
}

/**
 * @param {Entry} entry
 * @param {string} message
 * @returns {Sighting}
 */
function messageOf({ level, timeMs }, message) {
  return { template: makeTemplate(message), text: message, level, timeMs };
}

/**
 * A request without a message counts as one when it failed.
 * @param {Entry} entry
 * @param {string | undefined} path the template of its path
 * @returns {Sighting | undefined}
 */
function failedRequest({ level, timeMs, request }, path) {
  if (request?.status === undefined || request.status < 400) return undefined;
  const method = request.method ?? '(invalid request)';
  const template = `${method} ${path ?? ''} ${request.status}`;
  return { template, text: `${method} ${request.path ?? ''} ${request.status}`, level, timeMs };
}
