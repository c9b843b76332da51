import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { listen } from './testing/listen.mjs';
import { runOperation } from './testing/run-operation.mjs';

/** A server that counts its connections, and drops each. */
async function counting() {
  let connections = 0;
  const port = await listen(
    createServer((socket) => {
      connections += 1;
      socket.on('error', () => {});
      socket.end();
    }),
  );
  return { port, connections: () => connections };
}

test('a port that answers is reachable, with percentiles, a step and a line for each attempt, and a CSV file', async () => {
  const { port, connections } = await counting();

  const { result, steps, lines, files } = await runOperation('tcp', { host: 'localhost', port, attempts: 4 });

  expect(result).toEqual({
    host: 'localhost',
    port,
    isReachable: true,
    addresses: ['127.0.0.1'],
    attempts: 4,
    succeeded: 4,
    lossPercent: 0,
    latencyMs: {
      min: expect.any(Number),
      p50: expect.any(Number),
      p90: expect.any(Number),
      p99: expect.any(Number),
      max: expect.any(Number),
    },
    errors: [],
  });
  expect(connections()).toBe(4);
  expect(steps.map(({ progress }) => progress)).toEqual([25, 50, 75, 100]);
  expect(steps[3]).toMatchObject({
    status: 'probing',
    message: expect.stringMatching(/^Attempt 4 of 4: [\d.]+ ms$/),
    payload: { attempt: 4, isOk: true },
  });
  expect(lines.map(({ level }) => level)).toEqual(['INFO', 'INFO', 'INFO', 'INFO', 'INFO']);
  const rows = files['attempts.csv'].trimEnd().split('\r\n');
  expect(rows[0]).toBe('attempt,at,isOk,ms,dnsMs,address,error');
  expect(rows).toHaveLength(5);
  expect(rows[1]).toMatch(/^1,\d{4}-.*Z,true,[\d.]+,[\d.]+,127\.0\.0\.1,$/);
});

test('a port that nobody listens on is lost, every attempt with its reason, and the run does not fail', async () => {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));

  const { result, lines } = await runOperation('tcp', { host: '127.0.0.1', port, attempts: 2 });

  expect(result).toMatchObject({
    isReachable: false,
    succeeded: 0,
    lossPercent: 100,
    latencyMs: null,
    errors: [{ error: 'ECONNREFUSED', count: 2 }],
  });
  expect(lines.slice(1)).toMatchObject([
    { level: 'WARN', text: 'Attempt 1: ECONNREFUSED' },
    { level: 'WARN', text: 'Attempt 2: ECONNREFUSED' },
  ]);
});

test('a name that does not exist is told so', async () => {
  const { result } = await runOperation('tcp', { host: 'nowhere.invalid', port: 80, attempts: 1, timeoutMs: 60_000 });

  expect(result).toMatchObject({ isReachable: false, errors: [{ error: expect.stringMatching(/^(ENOTFOUND|EAI_AGAIN)$/), count: 1 }] });
});

test('what is not public is refused and nothing is connected to, unless the allow-list has it', async () => {
  const { port, connections } = await counting();

  for (const settings of [undefined, {}, { allowList: [] }, { allowList: [`127.0.0.1:${port + 1}`] }])
    await expect(runOperation('tcp', { host: '127.0.0.1', port }, { settings: settings ?? {} })).rejects.toThrow(
      `127.0.0.1:${port} is refused, because it is not public (loopback)`,
    );
  expect(connections()).toBe(0);

  const { result } = await runOperation(
    'tcp',
    { host: '127.0.0.1', port, attempts: 1 },
    { settings: { allowList: [`127.0.0.0/8:${port}`] } },
  );
  expect(result.isReachable).toBe(true);
});

test('the caller cannot widen the allow-list', async () => {
  const { port, connections } = await counting();

  await expect(
    runOperation('tcp', { host: '127.0.0.1', port, allowList: ['127.0.0.1'], settings: { allowList: ['127.0.0.1'] } }, { settings: {} }),
  ).rejects.toThrow('is refused');
  expect(connections()).toBe(0);
});

test('a run that is stopped ends at once', async () => {
  const { port } = await counting();
  const controller = new AbortController();

  const running = runOperation(
    'tcp',
    { host: '127.0.0.1', port, attempts: 1000, intervalMs: 60_000 },
    { settings: { allowList: ['127.0.0.1'] }, signal: controller.signal, onProgress: () => controller.abort(new Error('stopped')) },
  );

  await expect(running).rejects.toThrow();
  expect(controller.signal.aborted).toBe(true);
});
