import { LogFigures } from './figures/log-figures.mjs';
import { LineCounts } from './figures/line-counts.mjs';
import { EntryReader } from './formats/entry-reader.mjs';
import { LineSplitter } from './input/line-splitter.mjs';

const BYTE_ORDER_MARK = '\uFEFF';
const SPACE = 32;
const NOT_BLANK = /\S/;

/** The entries after which the format of the file is told. */
const DETECTED_AFTER = 20;

/** Takes the bytes of a log chunk by chunk and adds its lines up; all that is kept is bounded. */
export class LogReading {
  #splitter = new LineSplitter();
  #reader;
  #narrator;
  #entries = 0;

  bytes = 0;
  counts = new LineCounts();
  figures;

  /**
   * @param {{ format: string, top: number, modifiedAtMs: number }} wanted
   * @param {import('./report/narrator.mjs').Narrator} narrator
   */
  constructor({ format, top, modifiedAtMs }, narrator) {
    this.#reader = new EntryReader(format, modifiedAtMs);
    this.#narrator = narrator;
    this.figures = new LogFigures(top, narrator);
  }

  get cutLines() {
    return this.#splitter.cutLines;
  }

  /** @param {Buffer} bytes */
  add(bytes) {
    this.bytes += bytes.length;
    for (const line of this.#splitter.push(bytes)) this.#addLine(line);
  }

  /** Takes the last line when no newline ended it. */
  finish() {
    for (const line of this.#splitter.finish()) this.#addLine(line);
    if (this.#entries > 0 && this.#entries < DETECTED_AFTER) this.#tellFormat();
  }

  /** @param {string} raw */
  #addLine(raw) {
    const { counts } = this;
    counts.total += 1;
    const line = counts.total === 1 && raw.startsWith(BYTE_ORDER_MARK) ? raw.slice(1) : raw;
    if (!(line.charCodeAt(0) > SPACE) && !NOT_BLANK.test(line)) {
      counts.blank += 1;
      return;
    }
    const entry = this.#reader.read(line);
    if (entry === 'unparsed') counts.addUnparsed(line);
    else if (entry === 'continuation') {
      counts.continuation += 1;
      this.figures.continue(line);
    } else this.#addEntry(entry, line);
  }

  /**
   * @param {import('./formats/entry.mjs').Entry} entry
   * @param {string} line
   */
  #addEntry(entry, line) {
    this.counts.addEntry(entry.format, line);
    this.figures.add(entry);
    this.#entries += 1;
    if (this.#entries === DETECTED_AFTER) this.#tellFormat();
  }

  #tellFormat() {
    const format = this.counts.mainFormat;
    if (format !== undefined) this.#narrator.detected(format);
  }
}
