import { ZodError } from 'zod';
import { AppError } from '#core/errors/app-error.js';
import { OutgoingError } from '#core/network/outgoing-error.js';
import { fetchAsked, secretAsked } from './box-message.js';
import { Places } from './places.js';
import type { PythonRun } from './python-run.js';

const fetchesAtOnce = 8;
const mostQuestions = 10_000;
const mostOpen = 1_000;

/** Answers what a run asks of its host, for this run only. An answer is JSON that Python reads. */
export class HostAnswers {
  readonly #secrets = new Map<string, Promise<string | null>>();
  readonly #places = new Places(fetchesAtOnce);
  readonly #controller = new AbortController();
  #asked = 0;
  #open = 0;

  constructor(private readonly run: Pick<PythonRun, 'readSecret' | 'fetch'>) {}

  /**
   * Answers a question through `reply`, which resolves when the code has taken the answer: until then it counts as one of those that are
   * open, so that no more answers wait than a few.
   */
  async answer(kind: 'secret' | 'fetch', request: string, reply: (answer: string) => Promise<void>): Promise<void> {
    // Whoever goes on asking without taking any answer gets none.
    if (this.#open >= 2 * mostOpen) return;
    this.#asked += 1;
    this.#open += 1;
    let leave = (): void => {};
    try {
      if (this.#asked > mostQuestions || this.#open > mostOpen) throw new AppError('LIMIT_EXCEEDED', 'The run asks for too much');
      if (kind === 'fetch') leave = await this.#places.take(this.#controller.signal);
      const value = kind === 'secret' ? await this.#secret(JSON.parse(request)) : await this.#fetch(JSON.parse(request));
      await reply(JSON.stringify({ value }));
    } catch (error) {
      await reply(JSON.stringify({ error: messageOf(error) }));
    } finally {
      leave();
      this.#open -= 1;
    }
  }

  /** The run is over: what it asked for is broken off. */
  end(): void {
    this.#controller.abort(new AppError('PRECONDITION_FAILED', 'The run is over'));
  }

  #secret(request: unknown): Promise<string | null> {
    const { name } = secretAsked.parse(request);
    const known = this.#secrets.get(name);
    if (known) return known;
    const asked = this.run.readSecret(name);
    this.#secrets.set(name, asked);
    return asked;
  }

  async #fetch(request: unknown): Promise<object> {
    const { method, body, ...asked } = fetchAsked.parse(request);
    const bytes = body === null ? null : new Uint8Array(Buffer.from(body, 'base64'));
    const answer = await this.run.fetch({ ...asked, method: method.toUpperCase(), body: bytes }, this.#controller.signal);
    return { status: answer.status, headers: answer.headers, body: Buffer.from(answer.body).toString('base64') };
  }
}

// Other errors may tell of this machine what is not for the code.
function messageOf(error: unknown): string {
  if (error instanceof AppError || error instanceof OutgoingError) return error.message;
  if (error instanceof ZodError) return error.issues[0]?.message ?? 'The request has no such form';
  // What fetch throws for headers and methods that are none.
  if (error instanceof TypeError) return 'The request has no such form';
  return 'The host could not answer';
}
