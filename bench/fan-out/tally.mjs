import { nowMs } from '../items.mjs';

const mark = Buffer.from('"seq":');
const sampledOf = 20;

/** Counts what the sockets of a client get, and checks that each gets every item once and in order. */
export class Tally {
  #at = new Map();
  #positions = [];
  bytes = 0;
  messages = 0;
  items = 0;
  slowest = 0;
  fastest = 0;
  latencies = [];

  constructor(onProgress) {
    this.onProgress = onProgress;
  }

  /** Starts anew for sockets that all stand at a place. */
  begin(sockets, position) {
    Object.assign(this, { bytes: 0, messages: 0, items: 0, latencies: [], slowest: position, fastest: position });
    this.#positions = Array.from({ length: sockets }, () => position);
    this.#at = new Map([[position, sockets]]);
  }

  /** Takes a message of a socket. */
  take(socket, buffer, from, to) {
    const first = buffer.indexOf(mark, from);
    // An empty page: a sign of life.
    if (first < 0 || first >= to) return;
    const last = readNumber(buffer, buffer.lastIndexOf(mark, to) + mark.length);
    const before = this.#positions[socket];
    if (readNumber(buffer, first + mark.length) !== before + 1)
      throw new Error(`socket ${socket} was at ${before} and got ${buffer.toString('utf8', from, Math.min(to, from + 300))}`);
    this.messages += 1;
    this.items += last - before;
    if (socket % sampledOf === 0) this.#sample(buffer, from, to, before);
    this.#move(socket, before, last);
  }

  /** What was counted. */
  report() {
    const sorted = Float64Array.from(this.latencies).toSorted();
    const quantile = (q) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))];
    const { bytes, messages, items, slowest } = this;
    return { bytes, messages, items, slowest, p50Ms: quantile(0.5), p99Ms: quantile(0.99) };
  }

  #sample(buffer, from, to, before) {
    const now = nowMs();
    const { items } = JSON.parse(buffer.toString('utf8', from, to)).payload.data.jobLogs;
    items.forEach(({ seq, text }, i) => {
      if (seq !== before + 1 + i) throw new Error(`item ${seq} came after ${before + i}`);
      this.latencies.push(now - Number.parseFloat(text));
    });
  }

  #move(socket, before, last) {
    this.#positions[socket] = last;
    this.#at.set(before, this.#at.get(before) - 1);
    this.#at.set(last, (this.#at.get(last) ?? 0) + 1);
    const isFirst = last > this.fastest;
    if (isFirst) this.fastest = last;
    const slowest = this.slowest;
    while (this.slowest < this.fastest && !this.#at.get(this.slowest)) this.#at.delete(this.slowest++);
    if (isFirst || slowest !== this.slowest) this.onProgress({ fastest: this.fastest, slowest: this.slowest });
  }
}

function readNumber(buffer, at) {
  let value = 0;
  for (let digit = buffer[at] - 48; digit >= 0 && digit <= 9; digit = buffer[(at += 1)] - 48) value = value * 10 + digit;
  return value;
}
