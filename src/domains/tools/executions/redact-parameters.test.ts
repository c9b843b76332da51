import { expect, test } from 'vitest';
import { redactParameters } from './redact-parameters.js';

const secret = { type: 'string', 'x-secret': true };

test('what a schema refers to, puts together or offers as an alternative can be a secret too', () => {
  const schema = {
    type: 'object',
    $defs: {
      code: secret,
      'a/b': { properties: { inner: secret } },
      list: { items: { $ref: '#/$defs/code' }, next: { $ref: '#/$defs/list' } },
    },
    properties: {
      referred: { $ref: '#/$defs/code' },
      deep: { $ref: '#/$defs/a~1b' },
      all: { allOf: [{ type: 'string' }, { $ref: '#/$defs/code' }] },
      any: { anyOf: [{ type: 'null' }, secret] },
      listed: { $ref: '#/$defs/list' },
      pair: { prefixItems: [{ type: 'string' }, secret] },
      plain: { type: 'string' },
      loop: { $ref: '#' },
    },
    allOf: [{ properties: { besides: secret } }],
    patternProperties: { '^s_': secret },
  };
  const { shown, secrets } = redactParameters(
    {
      referred: 'one',
      deep: { inner: 'two', outer: 'seen' },
      all: 'three',
      any: 'four',
      listed: ['five'],
      pair: ['seen', 'six'],
      plain: 'seen',
      loop: { referred: 'seven' },
      besides: 'eight',
      s_key: 'nine',
    },
    schema,
  );

  expect(secrets).toEqual(['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine']);
  expect(shown).toEqual({
    referred: '[redacted]',
    deep: { inner: '[redacted]', outer: 'seen' },
    all: '[redacted]',
    any: '[redacted]',
    listed: ['[redacted]'],
    pair: ['seen', '[redacted]'],
    plain: 'seen',
    loop: { referred: '[redacted]' },
    besides: '[redacted]',
    s_key: '[redacted]',
  });
});

test('a schema that refers to itself or to nothing takes out nothing', () => {
  const schema = { type: 'object', $ref: '#', allOf: [{ $ref: '#/$defs/missing' }, { $ref: 'https://elsewhere.example.com/schema' }] };

  expect(redactParameters({ word: 'seen' }, schema)).toEqual({ shown: { word: 'seen' }, secrets: [] });
});
