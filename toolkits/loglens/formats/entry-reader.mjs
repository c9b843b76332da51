import { isContinuation } from './is-continuation.mjs';
import { parseAccess } from './parse-access.mjs';
import { parseApacheError } from './parse-apache-error.mjs';
import { parseJson } from './parse-json.mjs';
import { parsePlain } from './parse-plain.mjs';
import { parseSyslog } from './parse-syslog.mjs';
import { parseTimestamped } from './parse-timestamped.mjs';
import { stripColours } from './strip-colours.mjs';

/** @typedef {import('./entry.mjs').Entry} Entry */
/** @typedef {(line: string, referenceMs: number) => Entry | null} Parser */

/** @type {Parser[]} */
const TEXT = [parseTimestamped, parseSyslog, parseApacheError];

/** @type {Record<string, Parser[]>} */
const PARSERS = { auto: [parseJson, parseAccess, ...TEXT], access: [parseAccess], json: [parseJson], text: TEXT };

/** Reads lines into entries, one format after the other, beginning with the one that fitted last. */
export class EntryReader {
  #parsers;
  #takesPlainLines;
  #referenceMs;
  /** @type {string | undefined} */
  #previousFormat;

  /**
   * @param {string} format auto, access, json or text
   * @param {number} referenceMs when the file was last written
   */
  constructor(format, referenceMs) {
    this.#parsers = [...(PARSERS[format] ?? [])];
    this.#takesPlainLines = format === 'auto' || format === 'text';
    this.#referenceMs = referenceMs;
  }

  /**
   * Reads a line which is not blank: an entry, 'continuation' when the line belongs to the entry before it, or
   * 'unparsed' when it has another format than the one that was asked for.
   * @param {string} line
   * @returns {Entry | 'continuation' | 'unparsed'}
   */
  read(line) {
    const text = stripColours(line);
    const entry = this.#parse(text);
    if (entry) {
      this.#previousFormat = entry.format;
      return entry;
    }
    if (!this.#takesPlainLines) return 'unparsed';
    if (isContinuation(text, this.#previousFormat)) return 'continuation';
    this.#previousFormat = 'plain';
    return parsePlain(text);
  }

  /** @param {string} line */
  #parse(line) {
    const parsers = this.#parsers;
    for (let at = 0; at < parsers.length; at += 1) {
      const entry = parsers[at]?.(line, this.#referenceMs);
      if (!entry) continue;
      if (at > 0) parsers.unshift(...parsers.splice(at, 1));
      return entry;
    }
    return null;
  }
}
