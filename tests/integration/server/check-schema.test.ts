import { expect, test } from 'vitest';
import { checkSchema } from '#core/errors/check-schema.js';
import { compileSchema } from '#core/errors/json-schema.js';

const fits = { type: 'object', properties: { n: { type: 'integer' } } };
const slow = { type: 'object', properties: { a: { type: 'string', pattern: '^(a+)+$' } } };

test('a value is looked at in a thread: misfits have their paths, and what is no schema is an error', async () => {
  expect(await checkSchema({ schema: fits, value: { n: 1 }, at: 'input' })).toEqual([]);
  expect(await checkSchema({ schema: fits, value: { n: 'x' }, at: 'input' })).toEqual([{ message: 'must be integer', path: 'input.n' }]);
  await expect(checkSchema({ schema: { type: 'nothing' }, value: 1, at: 'input' })).rejects.toThrow('schema is invalid');
});

test('a pattern that takes for ever is given up after a second, meanwhile everything goes on, and the next question is answered', async () => {
  let turns = 0;
  const turning = setInterval(() => (turns += 1), 20);

  const refused = checkSchema({ schema: slow, value: { a: `${'a'.repeat(60)}!` }, at: 'input.parameters' });
  const next = checkSchema({ schema: fits, value: {}, at: 'input' });

  await expect(refused).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED', details: { paths: ['input.parameters'] } });
  expect(await next).toEqual([]);
  clearInterval(turning);
  expect(turns).toBeGreaterThan(10);
});

test('a schema is compiled once, whoever brings it', () => {
  expect(compileSchema({ type: 'string', maxLength: 17 })).toBe(compileSchema({ type: 'string', maxLength: 17 }));
  expect(compileSchema({ maxLength: 17, type: 'string' })).not.toBe(compileSchema({ type: 'string', maxLength: 17 }));
});
