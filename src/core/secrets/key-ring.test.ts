import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { boundTo } from './bound-to.js';
import { KeyRing, sealedWith } from './key-ring.js';

const [first, second] = [randomBytes(32), randomBytes(32)];
const old = new KeyRing(first);
const ring = new KeyRing(second, [first]);
const sealed = old.seal('text', 'rows:1');

/** The sealed text with its bytes changed. */
function changed(change: (bytes: Buffer) => Buffer): string {
  const [version, id, body] = sealed.split(':');
  return [version, id, change(Buffer.from(body!, 'base64')).toString('base64')].join(':');
}

test('what a retired key has sealed is opened, and new texts are sealed with the current key', () => {
  expect(ring.unseal(sealed, 'rows:1')).toBe('text');
  expect(ring.isCurrent(sealed)).toBe(false);
  expect(ring.isCurrent(ring.seal('text', 'rows:1'))).toBe(true);
});

test('a text is sealed differently each time', () => {
  expect(old.seal('text', 'rows:1')).not.toBe(sealed);
});

test('the error for a key that is not there names it', () => {
  expect(() => new KeyRing(second).unseal(sealed, 'rows:1')).toThrow(`Sealed with the key ${old.currentId}, which is neither`);
});

test.each<[string, () => string]>([
  ['another row', () => ring.unseal(sealed, 'rows:2')],
  [
    'a changed text',
    () =>
      ring.unseal(
        changed((bytes) => Buffer.from(bytes.with(bytes.length - 1, bytes.at(-1)! ^ 1))),
        'rows:1',
      ),
  ],
  [
    'a changed tag',
    () =>
      ring.unseal(
        changed((bytes) => Buffer.from(bytes.with(12, bytes[12]! ^ 1))),
        'rows:1',
      ),
  ],
  [
    'a tag that was cut to four bytes',
    () =>
      ring.unseal(
        changed((bytes) => bytes.subarray(0, 16)),
        'rows:1',
      ),
  ],
  ['the name of another key', () => ring.unseal(sealed.replace(old.currentId, ring.currentId), 'rows:1')],
  ['something that was never sealed', () => ring.unseal('text', 'rows:1')],
])('%s is not opened', (_case, open) => {
  expect(open).toThrow();
});

test('a tag of a retired key still counts, and one of a key that is gone does not', () => {
  const tag = old.tag('token');

  expect(ring.isTagOf('token', tag)).toBe(true);
  expect(ring.isTagOf('other', tag)).toBe(false);
  expect(new KeyRing(second).isTagOf('token', tag)).toBe(false);
  expect(ring.tag('token')).not.toBe(tag);
});

const enveloped = old.sealEnvelope('a value', 'rows:1');
const part = (text: string, place: number): string => text.split(':')[place]!;

/** The envelope with the bytes of one of its parts changed: 2 is the wrapped key, 3 the value. */
function changedEnvelope(place: number, change: (bytes: Buffer) => Uint8Array): string {
  const parts = enveloped.split(':');
  parts[place] = Buffer.from(change(Buffer.from(parts[place]!, 'base64'))).toString('base64');
  return parts.join(':');
}

test('an envelope opens for its row, also with a retired key, and no two look the same', () => {
  expect(ring.unseal(enveloped, 'rows:1')).toBe('a value');
  expect(ring.isCurrent(enveloped)).toBe(false);
  expect(part(old.sealEnvelope('a value', 'rows:1'), 2)).not.toBe(part(enveloped, 2));
  expect(old.unseal(old.sealEnvelope('', 'rows:1'), 'rows:1')).toBe('');
});

test('with another key only the wrapped key of an envelope changes; the retired key is not needed any more', () => {
  const fresh = ring.reseal(enveloped, 'rows:1');

  expect(ring.isCurrent(fresh)).toBe(true);
  expect(sealedWith(fresh)).toBe(ring.currentId);
  expect(part(fresh, 3)).toBe(part(enveloped, 3));
  expect(part(fresh, 2)).not.toBe(part(enveloped, 2));
  expect(new KeyRing(second).unseal(fresh, 'rows:1')).toBe('a value');
  expect(() => old.unseal(fresh, 'rows:1')).toThrow(`Sealed with the key ${ring.currentId}`);
});

test('a text without an envelope is sealed anew as a whole', () => {
  const fresh = ring.reseal(sealed, 'rows:1');

  expect(fresh).toMatch(new RegExp(`^v1:${ring.currentId}:`));
  expect(new KeyRing(second).unseal(fresh, 'rows:1')).toBe('text');
});

test.each<[string, string, string]>([
  ['another row', enveloped, 'rows:2'],
  ['the value of another envelope', [...enveloped.split(':').slice(0, 3), part(old.sealEnvelope('b', 'rows:1'), 3)].join(':'), 'rows:1'],
  ['the wrapped key of another envelope', enveloped.replace(part(enveloped, 2), part(old.sealEnvelope('b', 'rows:1'), 2)), 'rows:1'],
  ['a changed value', changedEnvelope(3, (bytes) => bytes.with(bytes.length - 1, bytes.at(-1)! ^ 1)), 'rows:1'],
  ['a changed wrapped key', changedEnvelope(2, (bytes) => bytes.with(bytes.length - 1, bytes.at(-1)! ^ 1)), 'rows:1'],
  ['a value whose tag was cut to four bytes', changedEnvelope(3, (bytes) => bytes.subarray(0, 16)), 'rows:1'],
  ['a wrapped key whose tag was cut to four bytes', changedEnvelope(2, (bytes) => bytes.subarray(0, 16)), 'rows:1'],
  ['the name of another key', enveloped.replace(old.currentId, ring.currentId), 'rows:1'],
  ['the wrapped key as a sealed text', `v1:${old.currentId}:${part(enveloped, 2)}`, 'rows:1'],
  ['an envelope without a value', enveloped.split(':').slice(0, 3).join(':'), 'rows:1'],
])('%s is neither opened nor sealed anew as an envelope', (_case, text, context) => {
  expect(() => ring.reseal(text, context)).toThrow();
  expect(() => ring.unseal(text, context)).toThrow();
});

test('parts that a text is bound to are told apart by their lengths', () => {
  expect(boundTo('a', 'bc')).not.toBe(boundTo('ab', 'c'));
  expect(boundTo('1:a')).not.toBe(boundTo('a', ''));
});
