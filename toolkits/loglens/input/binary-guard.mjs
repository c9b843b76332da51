/** A NUL byte up to here means that the file is no log; later ones are what a crash leaves in a real log. */
const JUDGED_BYTES = 64 * 1024;
const HIGHEST_CONTROL_SHARE = 0.1;

const TAB = 9;
const CARRIAGE_RETURN = 13;
const ESCAPE = 27;
const SPACE = 32;

/** Refuses files which are not text. */
export class BinaryGuard {
  #seenBytes = 0;
  #hasWarned = false;

  /**
   * Looks at the next bytes of the text.
   * @param {Buffer} bytes
   * @param {string[]} warnings
   */
  check(bytes, warnings) {
    const nul = bytes.indexOf(0);
    const isBinary = nul !== -1 && this.#seenBytes + nul < JUDGED_BYTES;
    if (isBinary || (this.#seenBytes === 0 && hasManyControls(bytes))) {
      throw new Error('This does not look like a log file: it contains binary data.');
    }
    if (nul !== -1 && !this.#hasWarned) {
      this.#hasWarned = true;
      warnings.push(`There are NUL bytes in the text, first at byte ${this.#seenBytes + nul}.`);
    }
    this.#seenBytes += bytes.length;
  }
}

/** @param {Buffer} bytes */
function hasManyControls(bytes) {
  const judged = bytes.subarray(0, JUDGED_BYTES);
  let controls = 0;
  for (const byte of judged) {
    const isSpacing = byte >= TAB && byte <= CARRIAGE_RETURN;
    if (byte < SPACE && byte !== ESCAPE && !isSpacing) controls += 1;
  }
  return controls > judged.length * HIGHEST_CONTROL_SHARE;
}
