import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, expect, test } from 'vitest';
import { graphql, data, signIn } from '../../support/client.js';
import { enqueue, jobIn, startProbeApp } from '../../support/probe.js';

const app = await startProbeApp({ TOOLKIT_STORAGE_DIR: 'toolkits' });
const admin = await signIn(app.url);
const server = createServer((_request, response) => response.end('inside'));
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
afterAll(() => server.close());
const { port } = server.address() as AddressInfo;

const permit = async (allowList: string[]): Promise<void> => {
  const { setting } = await data(app.url, '{ setting(key: "netprobe.allowList") { revision } }', {}, admin);
  const input = { key: 'netprobe.allowList', value: allowList, expectedRevision: setting.revision };
  const { errors } = await graphql(
    app.url,
    'mutation($input: SetSettingInput!) { setSetting(input: $input) { cursor } }',
    { input },
    admin,
  );
  expect(errors).toBeUndefined();
};

test('a probe of something inside is refused until an administrator permits it, and then runs where jobs run', async () => {
  const parameters = { url: `http://127.0.0.1:${port}/`, attempts: 2, intervalMs: 0, expectedText: 'inside' };
  const refused = await enqueue(app.url, 'netprobe.http', parameters, admin);
  expect((await jobIn(app.url, refused.id, 'FAILED', admin)).error).toContain(`127.0.0.1:${port} is refused`);

  await permit([`127.0.0.1:${port}`]);
  const { id } = await enqueue(app.url, 'netprobe.http', parameters, admin);

  expect((await jobIn(app.url, id, 'SUCCEEDED', admin)).result).toMatchObject({ status: 200, succeeded: 2, isExpected: true });
  const { job } = await data(
    app.url,
    'query($id: ID!) { job(id: $id) { files { nodes { name mediaType } } logs { nodes { level text } } } }',
    { id },
    admin,
  );
  expect(job.files.nodes).toEqual([{ name: 'attempts.csv', mediaType: 'text/csv; charset=utf-8' }]);
  expect(job.logs.nodes.map(({ level }: any) => level)).toEqual(['INFO', 'INFO', 'INFO']);
});

test('what a caller may send has no place for an allow-list', async () => {
  const parameters = { host: '127.0.0.1', port, allowList: ['127.0.0.1'] };

  await expect(enqueue(app.url, 'netprobe.tcp', parameters, admin)).rejects.toThrow('must NOT have additional properties');
});

test('names are resolved and TLS is spoken where jobs run', async () => {
  await permit(['localhost', '127.0.0.1']);
  const dns = await enqueue(app.url, 'netprobe.dns', { host: 'localhost' }, admin);
  const tls = await enqueue(app.url, 'netprobe.tls', { host: '127.0.0.1', port, attempts: 1 }, admin);

  expect((await jobIn(app.url, dns.id, 'SUCCEEDED', admin)).result.addresses).toContainEqual({
    address: '127.0.0.1',
    kind: 'loopback',
    isPermitted: true,
  });
  expect((await jobIn(app.url, tls.id, 'SUCCEEDED', admin)).result).toMatchObject({ isReachable: false, chain: [], level: null });
});
