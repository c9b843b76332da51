import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { boundTo } from './bound-to.js';
import { decrypt, encrypt } from './cipher.js';
import { keyId } from './key-id.js';
import { MissingKey } from './missing-key.js';

const dataKeyBytes = 32;

/** The keys that encrypt stored secrets (AES-256-GCM): the current one, and retired ones that only decrypt. */
export class KeyRing {
  /** Names the current key in what it has sealed. */
  readonly currentId: string;
  readonly #current: Buffer;
  readonly #keys: ReadonlyMap<string, Buffer>;

  constructor(current: Buffer, retired: readonly Buffer[] = []) {
    this.#current = current;
    this.currentId = keyId(current);
    this.#keys = new Map([...retired, current].map((key) => [keyId(key), key]));
  }

  /** Encrypts a text with the current key, bound to `context` (the row that it belongs to); the result names its key. */
  seal(text: string, context: string): string {
    return ['v1', this.currentId, encrypt(this.#current, Buffer.from(text), context).toString('base64')].join(':');
  }

  /**
   * Encrypts a text with a key of its own, and that key with the current one, both bound to `context`: with another current key only the
   * wrapped key is made anew.
   */
  sealEnvelope(text: string, context: string): string {
    const dataKey = randomBytes(dataKeyBytes);
    return this.#envelope(dataKey, encrypt(dataKey, Buffer.from(text), boundTo('value', context)).toString('base64'), context);
  }

  /**
   * Decrypts what `seal` or `sealEnvelope` made; throws `MissingKey` for a key that is not there, and an error for another context or a
   * changed text.
   */
  unseal(sealed: string, context: string): string {
    const [version, id, ...parts] = sealed.split(':');
    if (version === 'v1') return decrypt(this.#keyOf(id), bytesOf(parts[0]), context).toString('utf8');
    const [wrapped, value] = parts;
    return decrypt(this.#dataKey(version, id, wrapped, context), bytesOf(value), boundTo('value', context)).toString('utf8');
  }

  /** What is sealed, sealed with the current key; of an envelope only the wrapped key changes. Throws as `unseal` does. */
  reseal(sealed: string, context: string): string {
    const [version, id, wrapped, value] = sealed.split(':');
    if (version === 'v1') return this.seal(this.unseal(sealed, context), context);
    const dataKey = this.#dataKey(version, id, wrapped, context);
    // Only to learn now of a value that does not open any more.
    decrypt(dataKey, bytesOf(value), boundTo('value', context));
    return this.#envelope(dataKey, value!, context);
  }

  /** Whether the current key has sealed it. */
  isCurrent(sealed: string): boolean {
    return sealedWith(sealed) === this.currentId;
  }

  /** A tag that only who has the current key can make for a text. */
  tag(text: string): string {
    return tagOf(this.#current, text);
  }

  /** Whether one of the keys has made the tag for that text. */
  isTagOf(text: string, tag: string): boolean {
    const given = Buffer.from(tag);
    return [...this.#keys.values()].some((key) => {
      const own = Buffer.from(tagOf(key, text));
      return own.length === given.length && timingSafeEqual(own, given);
    });
  }

  #keyOf(id: string | undefined): Buffer {
    const key = this.#keys.get(id ?? '');
    if (!key) throw id ? new MissingKey(id) : notSealed();
    return key;
  }

  #dataKey(version: string | undefined, id: string | undefined, wrapped: string | undefined, context: string): Buffer {
    if (version !== 'e1') throw notSealed();
    return decrypt(this.#keyOf(id), bytesOf(wrapped), boundTo('key', id!, context));
  }

  #envelope(dataKey: Buffer, value: string, context: string): string {
    const wrapped = encrypt(this.#current, dataKey, boundTo('key', this.currentId, context));
    return ['e1', this.currentId, wrapped.toString('base64'), value].join(':');
  }
}

/** The id of the key that a sealed text names. */
export const sealedWith = (sealed: string): string => sealed.split(':')[1] ?? '';

const notSealed = (): Error => new Error('This is no sealed text');

function bytesOf(part: string | undefined): Buffer {
  if (!part) throw notSealed();
  return Buffer.from(part, 'base64');
}

const tagOf = (key: Buffer, text: string): string => createHmac('sha256', key).update(`tag:${text}`).digest('base64url');
