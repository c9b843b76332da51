import { isAscii } from 'node:buffer';

/** Longer lines are cut to this many bytes. */
export const LONGEST_LINE_BYTES = 64 * 1024;

const NEWLINE = 10;
const CARRIAGE_RETURN = 13;
const NOTHING = Buffer.alloc(0);

/** Splits chunks of bytes into whole lines, whatever the chunks' borders cut through. */
export class LineSplitter {
  /** @type {Buffer} */
  #carried = NOTHING;
  #isSkipping = false;

  cutLines = 0;

  /**
   * Gives the lines that end in this chunk; the bytes after them are copied and kept for the next.
   * @param {Buffer} chunk
   * @returns {string[]}
   */
  push(chunk) {
    const rest = this.#isSkipping ? this.#resume(chunk) : chunk;
    const last = rest.lastIndexOf(NEWLINE);
    if (last === -1) return this.#carry(Buffer.concat([this.#carried, rest]));
    const whole = rest.subarray(0, last);
    const block = this.#carried.length > 0 ? Buffer.concat([this.#carried, whole]) : whole;
    const lines = this.#lines(block);
    for (const cut of this.#carry(Buffer.from(rest.subarray(last + 1)))) lines.push(cut);
    return lines;
  }

  /**
   * Gives the last line when no newline ended it.
   * @returns {string[]}
   */
  finish() {
    return this.#carried.length > 0 ? this.#lines(this.#carried) : [];
  }

  /** @param {Buffer} bytes what the next chunk continues */
  #carry(bytes) {
    if (bytes.length <= LONGEST_LINE_BYTES + '\r'.length) {
      this.#carried = bytes;
      return [];
    }
    this.#carried = NOTHING;
    this.#isSkipping = true;
    return this.#lines(bytes);
  }

  /** @param {Buffer} chunk */
  #resume(chunk) {
    const end = chunk.indexOf(NEWLINE);
    if (end === -1) return NOTHING;
    this.#isSkipping = false;
    return chunk.subarray(end + 1);
  }

  /** @param {Buffer} block whole lines without the last newline */
  #lines(block) {
    const isPlain = isAscii(block);
    const lines = block.toString(isPlain ? 'latin1' : 'utf8').split('\n');
    for (let at = 0; at < lines.length; at += 1) {
      const line = lines[at] ?? '';
      const end = line.length - 1;
      if (line.charCodeAt(end) === CARRIAGE_RETURN) lines[at] = line.slice(0, end);
      if (end >= LONGEST_LINE_BYTES / 3) lines[at] = this.#cut(lines[at] ?? '');
    }
    return lines;
  }

  /** @param {string} line */
  #cut(line) {
    if (Buffer.byteLength(line) <= LONGEST_LINE_BYTES) return line;
    this.cutLines += 1;
    return Buffer.from(line).subarray(0, LONGEST_LINE_BYTES).toString();
  }
}
