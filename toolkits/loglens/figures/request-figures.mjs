import { makeTemplate } from '../templates/make-template.mjs';
import { LogHistogram } from './log-histogram.mjs';
import { PathFigures } from './path-figures.mjs';
import { SlowestRequests } from './slowest-requests.mjs';
import { TopCounter } from './top-counter.mjs';

const MOST_CLIENTS = 10_000;
const MOST_METHODS = 50;
const LONGEST_CLIENT = 100;
const STATUSES = 600;

const emptySlot = () => ({ count: 0, missed: 0 });

/** What the requests in a log add up to. */
export class RequestFigures {
  count = 0;
  withoutPath = 0;
  sentBytes = 0;
  statuses = new Float64Array(STATUSES);
  durations = new LogHistogram();
  paths = new PathFigures();
  methods = new TopCounter(MOST_METHODS, emptySlot);
  clients = new TopCounter(MOST_CLIENTS, emptySlot);

  /** @param {number} top how many of the slowest requests to keep */
  constructor(top) {
    this.slowest = new SlowestRequests(top);
  }

  /**
   * Counts a request and gives the template of its path.
   * @param {import('../formats/entry.mjs').Request} request
   * @param {number | undefined} timeMs
   * @returns {string | undefined}
   */
  add(request, timeMs) {
    const { status, sentBytes, durationMs, client } = request;
    this.count += 1;
    this.sentBytes += sentBytes ?? 0;
    if (status !== undefined) this.statuses[status] = (this.statuses[status] ?? 0) + 1;
    if (client !== undefined) this.clients.add(client.slice(0, LONGEST_CLIENT));
    if (durationMs !== undefined) {
      this.durations.add(durationMs);
      this.slowest.add(request, timeMs);
    }
    return this.#addPath(request);
  }

  /** @param {import('../formats/entry.mjs').Request} request */
  #addPath(request) {
    if (request.method !== undefined) this.methods.add(request.method);
    if (request.path === undefined) {
      this.withoutPath += 1;
      return undefined;
    }
    const template = makeTemplate(request.path);
    this.paths.add(template, request);
    return template;
  }
}
