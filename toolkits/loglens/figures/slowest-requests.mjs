import { detach } from './detach.mjs';

const LONGEST_PATH = 300;

/** @typedef {{ durationMs: number, method: string | undefined, path: string, status: number | undefined, timeMs: number | undefined }} SlowRequest */

/** Keeps the slowest single requests: a rare slow path may be evicted from the paths, but not from here. */
export class SlowestRequests {
  #length;

  /** @type {SlowRequest[]} slowest first */
  list = [];

  /** @param {number} length */
  constructor(length) {
    this.#length = length;
  }

  /**
   * @param {import('../formats/entry.mjs').Request} request
   * @param {number | undefined} timeMs
   */
  add(request, timeMs) {
    const { durationMs, method, path, status } = request;
    if (durationMs === undefined) return;
    const isFull = this.list.length === this.#length;
    if (isFull && durationMs <= (this.list.at(-1)?.durationMs ?? 0)) return;
    if (isFull) this.list.pop();
    const faster = this.list.findIndex((other) => other.durationMs < durationMs);
    const slow = {
      durationMs,
      method: method === undefined ? undefined : detach(method),
      path: detach((path ?? '').slice(0, LONGEST_PATH)),
      status,
      timeMs,
    };
    this.list.splice(faster === -1 ? this.list.length : faster, 0, slow);
  }
}
