import { writeCount, writeSize } from './written-numbers.mjs';

const SHORTEST_PAUSE_MS = 250;
const STEP_PERCENT = 5;

/** Tells how far the reading is: at the start, every 5 %, otherwise four times a second at most, and at the end. */
export class ProgressTeller {
  #tell;
  #sizeBytes;
  #now;
  #toldAtMs = -Infinity;
  #toldPercent = -1;

  /**
   * @param {import('../worker.mjs').Run['progress']} tell
   * @param {number} sizeBytes
   * @param {() => number} [now] the clock in milliseconds
   */
  constructor(tell, sizeBytes, now = () => performance.now()) {
    this.#tell = tell;
    this.#sizeBytes = sizeBytes;
    this.#now = now;
  }

  /**
   * Hears how far the reading is, and tells it when it is time.
   * @param {number} bytesRead
   * @param {number} lines
   */
  async advance(bytesRead, lines) {
    const percent = Math.min(100, (bytesRead / this.#sizeBytes) * 100);
    const isStep = Math.floor(percent / STEP_PERCENT) > Math.floor(this.#toldPercent / STEP_PERCENT);
    const isDue = this.#now() - this.#toldAtMs >= SHORTEST_PAUSE_MS;
    if (percent < 100 && (isStep || isDue)) await this.#say(percent, bytesRead, lines);
  }

  /** @param {number} lines */
  async start(lines = 0) {
    await this.#say(0, 0, lines);
  }

  /** @param {number} lines */
  async finish(lines) {
    await this.#say(100, this.#sizeBytes, lines);
  }

  /**
   * @param {number} percent
   * @param {number} bytesRead
   * @param {number} lines
   */
  async #say(percent, bytesRead, lines) {
    this.#toldAtMs = this.#now();
    this.#toldPercent = percent;
    const read = `${writeSize(bytesRead)} of ${writeSize(this.#sizeBytes)}`;
    await this.#tell({
      message: `${Math.floor(percent)} % · ${read} · ${writeCount(lines)} lines`,
      progress: Math.floor(percent * 10) / 10,
      payload: { bytesRead, sizeBytes: this.#sizeBytes, lines },
    });
  }
}
