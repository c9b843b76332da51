import type { Redactor } from './redactor.js';

const longestLine = 16_384;

/** The lines of one stream without secrets, although long ones come in pieces: what may be the beginning of a secret waits for its rest. */
export class RedactedLines {
  #held = '';
  #isWithin = false;

  constructor(private readonly redactor: Redactor) {}

  /** Takes a line, or a piece of one that goes on; returns what can be told by now. */
  take(text: string, goesOn: boolean): string[] {
    const whole = this.#held + text;
    const { ready, rest } = goesOn ? this.redactor.part(whole) : { ready: this.redactor.text(whole), rest: '' };
    // The end of a line whose pieces were told is no line of its own.
    const isTold = ready !== '' || (!goesOn && !this.#isWithin);
    this.#held = rest;
    this.#isWithin = goesOn && (this.#isWithin || ready !== '');
    return isTold ? piecesOf(ready) : [];
  }

  /** What is left of a line that did not end. */
  end(): string[] {
    return this.#held === '' ? [] : this.take('', false);
  }
}

function piecesOf(text: string): string[] {
  const pieces = [];
  for (let from = 0; from === 0 || from < text.length; from += longestLine) pieces.push(text.slice(from, from + longestLine));
  return pieces;
}
