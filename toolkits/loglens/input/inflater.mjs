import { createGunzip } from 'node:zlib';

const OUTPUT_BYTES = 256 * 1024;

/**
 * Inflates gzip bytes piece by piece and keeps what was readable when the rest is damaged.
 * Node's own stream iteration would drop the last pieces before an error.
 */
export class Inflater {
  #gunzip = createGunzip({ chunkSize: OUTPUT_BYTES });
  /** @type {Buffer[]} */
  #ready = [];
  #wake = () => {};

  /** @type {(Error & { code?: string }) | undefined} */
  failure;
  isEnded = false;

  constructor() {
    this.#gunzip.on('data', (bytes) => this.#ready.push(bytes));
    this.#gunzip.on('end', () => {
      this.isEnded = true;
      this.#wake();
    });
    this.#gunzip.on('error', (error) => {
      this.failure = error;
      this.#wake();
    });
  }

  /**
   * Inflates the next compressed bytes and gives all that came out of them.
   * @param {Buffer} bytes
   * @returns {Promise<Buffer[]>}
   */
  async write(bytes) {
    await this.#settled((wake) => this.#gunzip.write(bytes, wake));
    return this.#ready.splice(0);
  }

  /**
   * Tells that no more bytes come; `failure` is set when some were missing.
   * @returns {Promise<Buffer[]>}
   */
  async finish() {
    if (!this.isEnded) await this.#settled(() => this.#gunzip.end());
    return this.#ready.splice(0);
  }

  close() {
    this.#gunzip.destroy();
  }

  /** @param {(wake: () => void) => void} start */
  #settled(start) {
    return new Promise((resolve) => {
      this.#wake = () => resolve(undefined);
      start(this.#wake);
    });
  }
}
