import { openAsBlob } from 'node:fs';
import { basename } from 'node:path';
import { SignInDocument, type TypedDocumentString } from './generated/graphql.ts';

interface AnsweredError {
  message: string;
  extensions?: { code?: unknown };
}

const worthAnotherTry: unknown[] = ['INTERNAL', 'RATE_LIMITED'];

/** The server has answered with errors. */
export class Refused extends Error {
  /** Whether the next answer would be the same. */
  readonly isFinal: boolean;

  constructor(errors: readonly AnsweredError[]) {
    super(errors.map(({ message }) => message).join('; '));
    this.isFinal = !errors.some(({ extensions }) => worthAnotherTry.includes(extensions?.code));
  }
}

const renewBeforeMs = 60_000;
const sendsIds = process.env.SIGNALBOX_SENDS_IDS === 'true';

/** How a document is asked for: by its text, or by the id under which a server knows it that answers trusted documents only. */
export const asked = <Data, Variables>(
  document: TypedDocumentString<Data, Variables>,
): { query: string; extensions?: Record<string, unknown> } =>
  sendsIds
    ? { query: '', extensions: { persistedQuery: { version: 1, sha256Hash: document.__meta__?.hash } } }
    : { query: document.toString() };

/** A signed-in user of a Signalbox, for typed operations over HTTP. */
export class Session {
  readonly url: string;
  readonly #credentials: { username: string; password: string };
  #token = { value: '', expiresAtMs: 0 };

  constructor(url: string, credentials: { username: string; password: string }) {
    this.url = url;
    this.#credentials = credentials;
  }

  /** A header with an access token that is valid for the next minute. */
  async authorization(): Promise<string> {
    if (this.#token.expiresAtMs < Date.now() + renewBeforeMs) {
      const { signIn } = await this.#post(SignInDocument, { input: this.#credentials }, {});
      this.#token = { value: signIn.accessToken, expiresAtMs: Date.parse(signIn.accessTokenExpiresAt) };
    }
    return `Bearer ${this.#token.value}`;
  }

  /** Sends an operation; returns its data. */
  async send<Data, Variables>(document: TypedDocumentString<Data, Variables>, variables: Variables): Promise<Data> {
    return this.#post(document, variables, { authorization: await this.authorization() });
  }

  /** Uploads a file as a stream; returns the id of the upload. */
  async upload(path: string): Promise<string> {
    const body = new FormData();
    body.append('file', await openAsBlob(path), basename(path));
    const headers = { authorization: await this.authorization() };
    const response = await fetch(`${this.url}/uploads`, { method: 'POST', headers, body });
    const answer = (await response.json()) as { id: string; errors?: AnsweredError[] };
    if (answer.errors) throw new Refused(answer.errors);
    return answer.id;
  }

  async #post<Data, Variables>(
    document: TypedDocumentString<Data, Variables>,
    variables: Variables,
    headers: Record<string, string>,
  ): Promise<Data> {
    const response = await fetch(`${this.url}/graphql`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify({ ...asked(document), variables }),
    });
    const answer = (await response.json()) as { data: Data; errors?: AnsweredError[] };
    if (answer.errors) throw new Refused(answer.errors);
    return answer.data;
  }
}
