export const WORD = 1;
export const DIGIT = 2;
export const HEX = 4;
export const QUOTE = 8;
export const DASH = 16;
export const COLON = 32;
export const DOT = 64;
export const PERCENT = 128;

/** Longer texts are cut: two messages that differ only after this are of one kind. */
const LONGEST_TEXT = 600;

const ASCII = 128;

/** What each ASCII character can be part of, as a set of bits; characters beyond ASCII are part of nothing. */
const KINDS = new Uint8Array(ASCII);
for (let code = 0; code < ASCII; code += 1) KINDS[code] = kindOf(String.fromCharCode(code));

/** A text beside the kinds of its characters: every later look at a character is one read from an array. */
export class ScannedText {
  /** One more than the longest text, so that a zero ends it. */
  #kinds = new Uint8Array(LONGEST_TEXT + 1);

  text = '';
  end = 0;
  hasVariables = false;

  /** @param {string} text */
  load(text) {
    const kinds = this.#kinds;
    this.text = text.length > LONGEST_TEXT ? text.slice(0, LONGEST_TEXT) : text;
    this.end = this.text.length;
    let all = 0;
    for (let at = 0; at < this.end; at += 1) {
      const code = text.charCodeAt(at);
      const kind = code < ASCII ? (KINDS[code] ?? 0) : 0;
      kinds[at] = kind;
      all |= kind;
    }
    kinds[this.end] = 0;
    this.hasVariables = (all & (DIGIT | QUOTE)) !== 0;
  }

  /**
   * Tells whether the character at a position is of one of the given kinds; past the ends none is.
   * @param {number} at
   * @param {number} kind
   */
  is(at, kind) {
    return ((this.#kinds[at] ?? 0) & kind) !== 0;
  }

  /** @param {number} at */
  kind(at) {
    return this.#kinds[at] ?? 0;
  }

  /**
   * The end of the run of characters of one kind.
   * @param {number} at
   * @param {number} kind
   */
  runEnd(at, kind) {
    const kinds = this.#kinds;
    let end = at;
    while (((kinds[end] ?? 0) & kind) !== 0) end += 1;
    return end;
  }
}

/** @param {string} character */
function kindOf(character) {
  if (/[0-9]/.test(character)) return WORD | HEX | DIGIT;
  if (/[a-f]/i.test(character)) return WORD | HEX;
  if (/[a-z]/i.test(character)) return WORD;
  if (/["'`]/.test(character)) return QUOTE;
  return { '-': DASH, ':': COLON, '.': DOT, '%': PERCENT }[character] ?? 0;
}
