import { guessLevel } from '../levels/guess-level.mjs';
import { levelOfName } from '../levels/level-of-name.mjs';

/** The level as the first word, as in `[error] 12#0: text`, `INFO  [main] text` or `warn: text`. */
const FIRST_WORD = /^([[(<]?)([A-Za-z]{3,9})([\])>]?)(:?)(?=[\s|\]:-]|$)[\s|:-]*/;

/** The level after a logger or thread, as in `[main] INFO text`, `app.db - ERROR - text` or `app[12]: warn: text`. */
const AFTER_SOURCE =
  /^(?:\[[^\]]*\]|[\w.$@/#*-]+(?:\[[^\]]*\])?)(?: ?[:|-])?(?: \[[^\]]*\])? +(?:[:|-] )?(\[?)([A-Za-z]{3,9})(\]?)(:?)(?=\s|$)[\s|:-]*/;

/** Levels to some loggers, but before a colon rather the name of a part, as in Go's `http: Server closed`. */
const ORDINARY_WORD = /^(?:log|http|config|fine|fail)$/i;

const LONGEST_HEADER = 300;

const LOGFMT_MESSAGE = /\b(?:msg|message)=(?:"((?:[^"\\]|\\.)*)"|(\S+))/;

/**
 * Parts the level from the message of a text line; the level of a sentence such as "ended with ERROR 5" is read, but
 * the sentence stays whole.
 * @param {string} rest what follows the timestamp
 * @returns {{ level: import('../levels/level.mjs').Level, message: string }}
 */
export function splitLevel(rest) {
  const header = rest.slice(0, LONGEST_HEADER);
  for (const pattern of [FIRST_WORD, AFTER_SOURCE]) {
    const match = pattern.exec(header);
    const level = match && isMarked(match) ? levelOfName(match[2] ?? '') : undefined;
    if (match && level) return { level, message: rest.slice(match[0].length) };
  }
  const logfmt = rest.includes('=') ? LOGFMT_MESSAGE.exec(rest) : null;
  return { level: guessLevel(rest) ?? 'UNKNOWN', message: logfmt?.[1] ?? logfmt?.[2] ?? rest };
}

/** @param {RegExpExecArray} match */
function isMarked([, open, word = '', close, colon]) {
  if (word === word.toUpperCase()) return true;
  return (open !== '' && close !== '') || (colon !== '' && !ORDINARY_WORD.test(word));
}
