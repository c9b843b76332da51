import { expect, test } from 'vitest';
import { storableJson, storableText } from './sql.js';

test('NUL characters and lone surrogates of a text are replaced, and nothing else', () => {
  expect(storableText('a\0b\ud800c\udc00d🚦e\\u0000')).toBe('a\ufffdb\ufffdc\ufffdd🚦e\\u0000');
});

test.each<[string, unknown, unknown]>([
  ['values', ['a\0b', 'c\ud83dd'], ['a\ufffdb', 'c\ufffdd']],
  ['several in a row', '\0\0\ud800\ud800', '\ufffd\ufffd\ufffd\ufffd'],
  ['keys', { 'a\0': 1, b: { '\udfff': 2 } }, { 'a\ufffd': 1, b: { '\ufffd': 2 } }],
  ['after a backslash', '\\\0', '\\\ufffd'],
])('what PostgreSQL has no form for is replaced in JSON: %s', (_case, given, stored) => {
  expect(JSON.parse(storableJson(given))).toEqual(stored);
});

test.each<[string, unknown]>([
  ['a text that only looks like an escape', '\\u0000 \\\\u0000 \\ud800'],
  ['such a text as key', { '\\u0000': '\\\\\\ud800' }],
  ['pairs of surrogates', '🚦🛤️'],
  ['other control characters', '\u0001\u001f\n\t"'],
  ['private characters', '\ue000\uffff'],
  ['numbers, null and lists', [1.5, null, true, []]],
])('JSON keeps %s', (_case, given) => {
  expect(JSON.parse(storableJson(given))).toEqual(given);
});
