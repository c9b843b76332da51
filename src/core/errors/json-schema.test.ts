import { expect, test } from 'vitest';
import { compileSchema } from './json-schema.js';

test('every place that does not fit is named, missing and surplus ones too', () => {
  const check = compileSchema({
    type: 'object',
    additionalProperties: false,
    required: ['name'],
    properties: { name: { type: 'string' }, hosts: { type: 'array', items: { type: 'string', format: 'hostname' } } },
  });

  expect(check({ name: 'x', hosts: ['a.b'] }, 'input.value')).toEqual([]);
  expect(
    check({ hosts: ['a.b', '-'], more: 1 }, 'input.value')
      .map(({ path }) => path)
      .sort(),
  ).toEqual(['input.value.hosts.1', 'input.value.more', 'input.value.name']);
});

test('two schemas of one name are two schemas, and a name of the standard breaks nothing', () => {
  const named = (type: string, $id = 'https://example.com/schema') =>
    compileSchema({ $id, $defs: { it: { $id: '/it', type } }, $ref: '/it' });
  const [text, number] = [named('string'), named('number')];
  named('string', 'https://json-schema.org/draft/2020-12/schema');

  expect([text('x', 'at'), text(1, 'at').length, number(1, 'at'), number('x', 'at').length]).toEqual([[], 1, [], 1]);
  expect(compileSchema({ type: 'string' })('x', 'at')).toEqual([]);
});

test('a schema that says draft-07 is read as that', () => {
  const $schema = 'http://json-schema.org/draft-07/schema#';
  const check = compileSchema({ $schema, type: 'object', properties: { pair: { items: [{ type: 'string' }, { type: 'number' }] } } });

  expect(check({ pair: ['a', 1] }, 'at')).toEqual([]);
  expect(check({ pair: [1, 'a'] }, 'at').map(({ path }) => path)).toEqual(['at.pair.0', 'at.pair.1']);
  expect(() => compileSchema({ $schema, properties: 5 })).toThrow('properties must be object');
});

test('what is no schema is refused', () => {
  expect(() => compileSchema({ type: 'nothing' })).toThrow('schema is invalid');
});
