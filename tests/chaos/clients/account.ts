import { setTimeout as pause } from 'node:timers/promises';
import { password } from '../stage/stage.ts';
import { ask } from './ask.ts';

const goodMs = 4 * 60_000;
const signInDocument = 'mutation($input: SignInInput!) { signIn(input: $input) { accessToken } }';

/** The administrator's access, renewed in time by a new sign-in. */
export class Account {
  readonly #urls: readonly string[];
  #token: Promise<string> | null = null;

  constructor(urls: readonly string[]) {
    this.#urls = urls;
  }

  /** A token that is good for some minutes more. */
  token(): Promise<string> {
    if (this.#token === null) {
      this.#token = this.#signIn();
      setTimeout(() => (this.#token = null), goodMs).unref();
    }
    return this.#token;
  }

  async #signIn(): Promise<string> {
    for (let i = 0; ; i++) {
      const answer = await ask(this.#urls[i % this.#urls.length]!, '', signInDocument, { input: { username: 'admin', password } });
      if (answer.is === 'data') return (answer.data.signIn as { accessToken: string }).accessToken;
      await pause(200);
    }
  }
}
