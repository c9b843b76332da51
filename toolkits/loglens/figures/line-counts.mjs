import { detach } from './detach.mjs';
import { clip } from './clip.mjs';

const MOST_EXAMPLES = 3;
const LONGEST_EXAMPLE = 200;
const SMALLEST_SHARE = 0.1;

/** Counts the lines by what became of them, and the entries by format. */
export class LineCounts {
  total = 0;
  blank = 0;
  continuation = 0;
  #unparsed = 0;

  /** @type {Map<string, number>} */
  formats = new Map();
  /** @type {string[]} */
  #unparsedExamples = [];
  /** @type {string[]} */
  #plainExamples = [];

  /**
   * @param {string} format
   * @param {string} line
   */
  addEntry(format, line) {
    this.formats.set(format, (this.formats.get(format) ?? 0) + 1);
    if (format === 'plain') keep(this.#plainExamples, line);
  }

  /** @param {string} line */
  addUnparsed(line) {
    this.#unparsed += 1;
    keep(this.#unparsedExamples, line);
  }

  /** The format of most entries; plain text only when hardly any entry has another one. */
  get mainFormat() {
    const entries = [...this.formats.values()].reduce((sum, count) => sum + count, 0);
    const [best] = [...this.formats].filter(([format]) => format !== 'plain').sort(([, a], [, b]) => b - a);
    if (best && best[1] >= entries * SMALLEST_SHARE) return best[0];
    return this.formats.has('plain') ? 'plain' : best?.[0];
  }

  /** Lines of no known format, unless the whole file is plain text. */
  get unparsed() {
    const plain = this.#isPlain ? 0 : (this.formats.get('plain') ?? 0);
    return this.#unparsed + plain;
  }

  get unparsedExamples() {
    return this.#isPlain ? this.#unparsedExamples : [...this.#unparsedExamples, ...this.#plainExamples];
  }

  get #isPlain() {
    return this.mainFormat === 'plain';
  }
}

/**
 * @param {string[]} examples
 * @param {string} line
 */
function keep(examples, line) {
  if (examples.length < MOST_EXAMPLES) examples.push(detach(clip(line, LONGEST_EXAMPLE)));
}
