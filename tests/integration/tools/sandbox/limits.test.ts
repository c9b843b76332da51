import { execFileSync } from 'node:child_process';
import { afterAll, expect, test, vi } from 'vitest';
import { openSandbox, resultOf } from '../../../support/sandbox/open-sandbox.js';
import { grower } from '../../../support/sandbox/wasm-modules.js';

// Each run is a process that starts Python.
vi.setConfig({ testTimeout: 120_000 });

const { sandbox, run } = await openSandbox();
afterAll(() => sandbox.stop());

const mebibyte = 1024 * 1024;

test('a run that takes too long is ended, whatever it does', async () => {
  const loops = [
    'while True: pass',
    'import time; time.sleep(1000)',
    'import asyncio; await asyncio.sleep(1000)',
    '[i for i in iter(int, 1)]',
    'import re; re.match("(a+)+$", "a" * 60 + "b")',
    '10 ** 10 ** 9',
  ];

  for (const loop of loops) {
    const { end } = await run(`async def main():\n    try:\n        ${loop}\n    except BaseException: pass\n    while True: pass`, {
      timeoutMs: 300,
    });

    expect(end).toMatchObject({ kind: 'TIMEOUT', error: 'The run took longer than 300 ms' });
    expect(end.durationMs).toBeLessThan(5_000);
  }
});

test('a run that is cancelled is ended, also while it waits for the host', async () => {
  const controller = new AbortController();
  let aborted: unknown;
  const { end } = await run('from signalbox import http\nasync def main(): await http.get("http://a")', {
    signal: controller.signal,
    fetch: (_request, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject((aborted = signal.reason) as Error));
        controller.abort();
      }),
  });

  expect(end).toMatchObject({ kind: 'CANCELLED' });
  expect(aborted).toBeInstanceOf(Error);
});

test('a run that was cancelled before it began does not begin', async () => {
  const ran = await run('async def main(): print("x")', { signal: AbortSignal.abort(new Error('no')) });

  expect(ran).toMatchObject({ end: { kind: 'CANCELLED', durationMs: 0 }, lines: [] });
});

test.each([
  ['pieces', 'all = []\n    while True: all.append("x" * 10_000_000 + str(len(all)))'],
  ['one piece', 'return len(bytearray(2_000_000_000))'],
  ['a number', 'return len(str(10 ** 9)) + (1 << 8_000_000_000)'],
])('memory that is taken in %s ends at the limit', async (_what, body) => {
  const { end } = await run(`async def main():\n    ${body}`, { memoryBytes: 96 * mebibyte });

  expect(end).toMatchObject({ kind: 'MEMORY' });
});

test('memory within the limit can be used', async () => {
  expect(resultOf(await run('async def main(): return len(bytearray(100_000_000))'))).toBe(100_000_000);
});

test('an error of memory can be caught, and the run goes on', async () => {
  const code = 'async def main():\n    try:\n        bytearray(2_000_000_000)\n    except MemoryError:\n        return "caught"';

  expect(resultOf(await run(code, { memoryBytes: 96 * mebibyte }))).toBe('caught');
});

test('native code that grows the memory by itself is ended by what watches the process', async () => {
  const { end } = await run(
    `
import json
sys = json.codecs.sys
for name in ("_ctypes", "ctypes"): sys.modules.pop(name, None)
real = json.codecs.builtins.__import__
async def main(module):
    ctypes = real("ctypes")
    open("/tmp/grow.so", "wb").write(bytes(module))
    grow = ctypes.CDLL("/tmp/grow.so").go
    while True:
        print(grow(1600))`,
    { parameters: { module: grower }, memoryBytes: 96 * mebibyte },
  );

  expect(['MEMORY', 'CRASH', 'EXCEPTION']).toContain('kind' in end ? end.kind : 'RESULT');
});

test('what is printed is bounded, and told once to be cut', async () => {
  let truncated = 0;
  const ran = await run('async def main():\n    for i in range(1000): print("x" * 99)\n    return 1', {
    outputBytes: 10_000,
    onTruncated: () => (truncated += 1),
  });

  expect(resultOf(ran)).toBe(1);
  expect(ran.lines.length).toBe(100);
  expect(truncated).toBe(1);
});

test('a line without an end is cut into pieces', async () => {
  const ran = await run('async def main(): print("x" * 100_000)');

  const lengths = ran.lines.map(([, text]) => text.length);
  expect([Math.max(...lengths), lengths.reduce((sum, length) => sum + length, 0)]).toEqual([16_384, 100_000]);
});

test('a flood of output ends the run', async () => {
  const { end } = await run('async def main():\n    while True: print("x" * 10_000)', { timeoutMs: 60_000 });

  expect(end).toMatchObject({ kind: 'OUTPUT_LIMIT' });
});

test.each(['os.fork()', 'os.execv("/bin/sh", ["sh"])', 'threading.Thread(target=print).start()', 'os.posix_spawn("/bin/sh", ["sh"], {})'])(
  '%s starts nothing',
  async (call) => {
    const { end } = await run(`import os, threading\nasync def main(): return ${call}`, { allowedModules: ['os', 'threading'] });

    expect('kind' in end && end.kind).toMatch(/EXCEPTION|CRASH/);
  },
);

test('questions to the host are bounded: eight requests at once, and each has a size', async () => {
  let open = 0;
  let most = 0;
  const ran = await run(
    `
import asyncio
from signalbox import http
async def main():
    await asyncio.gather(*[http.get(f"http://a/{i}") for i in range(50)])
    refused = []
    for options in ({"data": "x" * 3_000_000}, {"headers": {"a": "x" * 10_000}}, {"headers": {f"a{i}": "b" for i in range(200)}}):
        try:
            await http.post("http://a", **options)
        except http.HttpError as error:
            refused.append(str(error))
    return refused`,
    {
      async fetch() {
        most = Math.max(most, (open += 1));
        await new Promise((resolve) => setImmediate(resolve));
        open -= 1;
        return { status: 200, headers: {}, body: new Uint8Array() };
      },
    },
  );

  expect(resultOf(ran)).toEqual(['The body has more than 2097152 bytes', 'A header is too long', 'There are more than 100 headers']);
  expect(most).toBe(8);
});

test('more runs than there are places wait, and all of them end', async () => {
  const { sandbox: narrow, run: runNarrow } = await openSandbox({ mostAtOnce: 2, poolSize: 1 });
  const ends = await Promise.all([1, 2, 3, 4].map((x) => runNarrow('async def main(x): return x', { parameters: { x } })));
  await narrow.stop();

  expect(ends.map(resultOf)).toEqual([1, 2, 3, 4]);
});

test('stopping ends what runs and leaves no process', async () => {
  const { sandbox: stopped, run: runStopped } = await openSandbox({ poolSize: 1 });
  const running = runStopped('async def main():\n    print("on")\n    while True: pass', { onLine: () => void stopped.stop() });

  expect((await running).end).toMatchObject({ kind: 'CANCELLED' });
  await stopped.stop();
  expect((await runStopped('async def main(): return 1')).end).toMatchObject({ kind: 'CANCELLED' });
});

test('processes that wait for a run are ended after a while', async () => {
  const { sandbox: idle, run: runIdle } = await openSandbox({ poolSize: 1, idleMs: 3_000 });
  const children = (): number =>
    execFileSync('/bin/ps', ['-A', '-o', 'ppid=,args='], { encoding: 'utf8' })
      .split('\n')
      .filter((line) => line.trim().startsWith(`${process.pid} `) && line.includes('sandbox/box/main')).length;
  await sandbox.stop();
  await expect.poll(children, { timeout: 20_000 }).toBe(0);

  await runIdle('async def main(): return 1');

  await expect.poll(children, { timeout: 20_000 }).toBe(1);
  await expect.poll(children, { timeout: 20_000 }).toBe(0);
  await idle.stop();
});
