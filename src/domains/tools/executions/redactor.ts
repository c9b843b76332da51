import { redacted } from './redact-parameters.js';

const leastLine = 6;
const leastEncoded = 6;

/** Takes secrets out of what a run tells: as they are, and as base64, URL-encoded or escaped as JSON has them. */
export class Redactor {
  readonly #forms = new Set<string>();
  #longestFirst: string[] = [];

  constructor(secrets: readonly string[] = []) {
    for (const secret of secrets) this.#know(secret);
    this.#sort();
  }

  /** From now on takes out this one too. */
  add(secret: string): void {
    this.#know(secret);
    this.#sort();
  }

  #know(secret: string): void {
    if (secret === '') return;
    // A secret of several lines is printed line by line.
    const lines = secret.split(/\r?\n/).filter((line) => line !== secret && line.trim().length >= leastLine);
    for (const text of [secret, ...lines]) for (const form of formsOf(text)) this.#forms.add(form);
  }

  #sort(): void {
    this.#longestFirst = [...this.#forms].sort((one, other) => other.length - one.length);
  }

  /** A text without the secrets. */
  text(text: string): string {
    return this.#longestFirst.reduce((left, form) => (left.includes(form) ? left.replaceAll(form, redacted) : left), text);
  }

  /**
   * Of a text that goes on, what can be told of it by now without the secrets, and the rest, which may hold the beginning of one: it comes
   * before what follows.
   */
  part(text: string): { ready: string; rest: string } {
    let cut = Math.max(0, text.length - Math.max(0, this.#longest - 1));
    for (let span = this.#spanning(text, cut); span; span = this.#spanning(text, cut)) cut = span.start;
    return { ready: this.text(text.slice(0, cut)), rest: text.slice(cut) };
  }

  /** Of a text whose beginning is missing, what can be told of it without the secrets, and without what may be the end of one. */
  ending(text: string): string {
    let cut = Math.min(text.length, Math.max(0, this.#longest - 1));
    for (let span = this.#spanning(text, cut); span; span = this.#spanning(text, cut)) cut = span.end;
    return this.text(text.slice(cut));
  }

  /** A JSON value without the secrets, in its keys too. */
  value(value: unknown): unknown {
    if (this.#forms.size === 0) return value;
    if (typeof value === 'string') return this.text(value);
    if (typeof value === 'number') return this.#forms.has(String(value)) ? redacted : value;
    if (Array.isArray(value)) return value.map((each) => this.value(each));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [this.text(key), this.value(each)]));
  }

  get #longest(): number {
    return this.#longestFirst[0]?.length ?? 0;
  }

  #spanning(text: string, cut: number): { start: number; end: number } | null {
    for (const form of this.#longestFirst) {
      const start = text.indexOf(form, Math.max(0, cut - form.length + 1));
      if (start !== -1 && start < cut && start + form.length > cut) return { start, end: start + form.length };
    }
    return null;
  }
}

function formsOf(text: string): string[] {
  const escaped = JSON.stringify(text).slice(1, -1);
  const url = encodeURIComponent(text.toWellFormed());
  const forms = [escaped, url, url.replaceAll('%20', '+'), Buffer.from(text).toString('hex'), ...base64Of(text)];
  return [text, ...forms.filter((form) => form.length >= leastEncoded)];
}

/** What is in base64 of every text that contains this one, wherever it stands there. */
function base64Of(text: string): string[] {
  const bytes = Buffer.from(text);
  return [0, 1, 2].flatMap((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
    const core = encoded.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6));
    return [core, core.replaceAll('+', '-').replaceAll('/', '_')];
  });
}
