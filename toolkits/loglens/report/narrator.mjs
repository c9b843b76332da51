import { FORMATS } from '../formats/entry.mjs';
import { clip } from '../figures/clip.mjs';
import { writeCount, writeShare, writeSize } from './written-numbers.mjs';

const MOST_NEW_ERRORS = 50;
const MILESTONE_PERCENT = 10;
const LONGEST_TEXT = 300;

/** @typedef {'DEBUG' | 'INFO' | 'WARN' | 'ERROR'} LogLevel */

/**
 * Tells in log lines what is found while it is found; it is the listener of LogFigures. Lines are queued within a chunk
 * and written after it.
 */
export class Narrator {
  #log;
  #sizeBytes;
  #newErrors = 0;
  #milestone = 0;
  /** @type {[LogLevel, string, object][]} */
  #queue = [];

  /**
   * @param {import('../worker.mjs').Run['log']} log
   * @param {number} sizeBytes
   */
  constructor(log, sizeBytes) {
    this.#log = log;
    this.#sizeBytes = sizeBytes;
  }

  /**
   * Queues a log line.
   * @param {LogLevel} level
   * @param {string} text
   * @param {object} [fields]
   */
  say(level, text, fields = {}) {
    this.#queue.push([level, clip(text, LONGEST_TEXT), fields]);
  }

  /** Writes the queued log lines in their order. */
  async flush() {
    for (const [level, text, fields] of this.#queue.splice(0)) await this.#log(level, text, fields);
  }

  /** @param {string} format */
  detected(format) {
    this.say('INFO', `Format: ${FORMATS[/** @type {keyof typeof FORMATS} */ (format)]}`, { format });
  }

  /** @param {import('../figures/message-groups.mjs').Sighting} sighting */
  newError(sighting) {
    this.#newErrors += 1;
    if (this.#newErrors > MOST_NEW_ERRORS) return;
    this.say('ERROR', `New error: ${sighting.template}`, {
      example: clip(sighting.text, LONGEST_TEXT),
      ...(sighting.timeMs === undefined ? {} : { at: new Date(sighting.timeMs).toISOString() }),
    });
    if (this.#newErrors === MOST_NEW_ERRORS) {
      this.say('WARN', `${MOST_NEW_ERRORS} different errors were shown; further new ones appear in the report only`);
    }
  }

  /** @param {import('../figures/error-jumps.mjs').ErrorJump} jump */
  errorJump({ startMs, rate, rateBefore }) {
    const at = new Date(startMs).toISOString();
    this.say('WARN', `The error rate jumps from ${writeShare(rateBefore)} to ${writeShare(rate)} at ${at}`, {
      at,
      rate,
      rateBefore,
    });
  }

  /**
   * Marks every tenth of the file that was read.
   * @param {number} bytesRead
   * @param {{ lines: number, errors: number }} counts
   */
  milestone(bytesRead, { lines, errors }) {
    const percent = Math.min(100, (bytesRead / this.#sizeBytes) * 100);
    const milestone = Math.floor(percent / MILESTONE_PERCENT) * MILESTONE_PERCENT;
    if (milestone <= this.#milestone || milestone >= 100) return;
    this.#milestone = milestone;
    const read = `${writeSize(bytesRead)} of ${writeSize(this.#sizeBytes)}`;
    this.say('INFO', `${milestone} % · ${read} · ${writeCount(lines)} lines · ${writeCount(errors)} errors`);
  }
}
