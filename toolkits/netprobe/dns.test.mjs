import { expect, test } from 'vitest';
import { runOperation } from './testing/run-operation.mjs';

test('a name is told with its addresses where they may be reached, and without them where not', async () => {
  const permitted = await runOperation('dns', { host: 'localhost' });
  expect(permitted.result).toMatchObject({ host: 'localhost', ms: expect.any(Number) });
  expect(permitted.result.addresses).toContainEqual({ address: '127.0.0.1', kind: 'loopback', isPermitted: true });
  expect(permitted.files['addresses.csv']).toContain('127.0.0.1,loopback,true\r\n');

  const refused = await runOperation('dns', { host: 'localhost' }, { settings: {} });
  expect(refused.result.addresses[0]).toEqual({ address: null, kind: 'loopback', isPermitted: false });
  expect(JSON.stringify(refused)).not.toContain('127.0.0.1');
});

test('a name that does not exist fails the run', async () => {
  await expect(runOperation('dns', { host: 'nowhere.invalid', timeoutMs: 60_000 })).rejects.toThrow(/ENOTFOUND|EAI_AGAIN/);
});
