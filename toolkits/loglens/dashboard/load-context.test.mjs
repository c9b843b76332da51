import { expect, test } from 'vitest';
import { loadContext } from './load-context.mjs';

test('the context tells the choices of the parameters, the formats and the levels', async () => {
  const context = await loadContext({ version: '1.0.0' });

  expect(context).toMatchObject({
    version: '1.0.0',
    parameters: { format: { choices: ['auto', 'access', 'json', 'text'], default: 'auto' }, top: { least: 1, most: 100, default: 10 } },
  });
  expect(context.levels).toContain('ERROR');
  expect(context.formats.map(({ name }) => name)).toContain('access-combined');
});
