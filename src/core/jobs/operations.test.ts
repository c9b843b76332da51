import { expect, test } from 'vitest';
import { asOperation } from './as-operation.js';
import { Operations } from './operations.js';

const operation = (name: string, inputSchema: object) =>
  asOperation({ name, description: 'Does nothing', inputSchema, run: async () => null }, 1_000);

test('operations are added all or none: of a toolkit whose second schema is wrong not even the first can be used', () => {
  const operations = new Operations();
  operations.add(operation('before', { type: 'object' }));

  expect(() => operations.add(operation('good', { type: 'object' }), operation('bad', { type: 'no type' }))).toThrow('schema is invalid');

  expect(operations.names).toEqual(['upkeep.before']);
});
