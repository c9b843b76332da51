import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, expect, test, vi } from 'vitest';
import { Outgoing } from '#core/network/outgoing.js';
import { fetchThrough } from '#domains/tools/sandbox/fetch-through.js';
import { baseModules, offeredModules } from '#domains/tools/sandbox/modules.js';
import { openSandbox, resultOf } from '../../../support/sandbox/open-sandbox.js';

// Each run is a process that starts Python.
vi.setConfig({ testTimeout: 120_000 });

const { sandbox, run } = await openSandbox();
afterAll(() => sandbox.stop());

test('main gets its parameters by name, and what it returns is the result', async () => {
  const ran = await run('async def main(name, *, count=2, more=None):\n    return {"text": name * count, "more": more}', {
    parameters: { name: 'ä😀"\n', more: [1, 2.5, true, null, { deep: [] }] },
  });

  expect(resultOf(ran)).toEqual({ text: 'ä😀"\nä😀"\n', more: [1, 2.5, true, null, { deep: [] }] });
  expect(ran.end.durationMs).toBeGreaterThan(0);
});

test('what is printed comes line by line, the last one without its end too', async () => {
  const ran = await run(
    `
import sys
async def main():
    print("one", "ä😀")
    print("two\\n\\nfour")
    print("broken \\ud800", file=sys.stderr)
    print("last", end="")
    print("bad", end="", file=sys.stderr)
`,
    { allowedModules: ['sys'] },
  );

  expect(resultOf(ran)).toBe(null);
  expect(ran.lines).toEqual([
    ['stdout', 'one ä😀'],
    ['stdout', 'two'],
    ['stdout', ''],
    ['stdout', 'four'],
    ['stderr', 'broken \\ud800'],
    ['stdout', 'last'],
    ['stderr', 'bad'],
  ]);
});

test('lines arrive while the code runs', async () => {
  const controller = new AbortController();
  const ran = await run('async def main():\n    print("now")\n    while True: pass', {
    signal: controller.signal,
    onLine: () => controller.abort(),
  });

  expect(ran.end).toMatchObject({ kind: 'CANCELLED' });
});

test('an exception is told with the lines of the tool and no others', async () => {
  const ran = await run(`import json
def parse(text):
    return json.loads(text)

async def main():
    try:
        parse("{")
    except ValueError as error:
        raise RuntimeError("it did not work") from error
`);

  expect(ran.end).toMatchObject({
    kind: 'EXCEPTION',
    error: `Traceback (most recent call last):
  File "tool.py", line 7, in main
    parse("{")
    ~~~~~^^^^^
  File "tool.py", line 3, in parse
    return json.loads(text)
           ~~~~~~~~~~^^^^^^
json.decoder.JSONDecodeError: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "tool.py", line 9, in main
    raise RuntimeError("it did not work") from error
RuntimeError: it did not work`,
  });
});

test.each([
  ['code that does not parse', 'async def main(:\n  pass', 'SYNTAX', 'SyntaxError: invalid syntax'],
  ['code with a return outside of a function', 'return 1', 'SYNTAX', "'return' outside function"],
  ['code with a NUL character', 'a = "\0"', 'SYNTAX', 'null bytes'],
  ['no main', 'x = 1', 'NO_MAIN', 'no async def main'],
  ['a main that is not async', 'def main(): return 1', 'NO_MAIN', 'no async def main'],
  ['a parameter that main does not have', 'async def main(): pass', 'EXCEPTION', "unexpected keyword argument 'x'"],
  ['a parameter that is missing', 'async def main(x, y): pass', 'EXCEPTION', "missing 1 required positional argument: 'y'"],
  ['a result that is no JSON', 'async def main(x): return {1, 2}', 'RESULT_NOT_JSON', 'set is not JSON serializable'],
  ['a result that is not a number', 'async def main(x): return float("nan")', 'RESULT_NOT_JSON', 'not JSON compliant'],
  ['a result that contains itself', 'async def main(x):\n  a = []\n  a.append(a)\n  return a', 'RESULT_NOT_JSON', 'Circular'],
  [
    'a result that is nested deep',
    'async def main(x):\n  a = []\n  for _ in range(200): a = [a]\n  return a',
    'RESULT_NOT_JSON',
    'nested deeper',
  ],
  ['a result that is too large', 'async def main(x): return "x" * 1048577', 'RESULT_TOO_LARGE', 'more than 1048576'],
  ['an exit', 'import sys\nasync def main(x): sys.exit(3)', 'EXCEPTION', 'SystemExit: 3'],
  ['an interrupt', 'async def main(x): raise KeyboardInterrupt', 'EXCEPTION', 'KeyboardInterrupt'],
  [
    'an exception that cannot be printed',
    'class E(Exception):\n  def __str__(self): 1/0\nasync def main(x): raise E',
    'EXCEPTION',
    'str() failed',
  ],
  ['code that calls itself without an end', 'def f(): return f()\nasync def main(x): return f()', 'EXCEPTION', 'RecursionError'],
  ['a question to nobody', 'async def main(x): return input()', 'EXCEPTION', 'Error'],
])('%s is told as such', async (_what, code, kind, message) => {
  const { end } = await run(code, { parameters: code.includes('main()') && kind !== 'EXCEPTION' ? {} : { x: 1 }, allowedModules: ['sys'] });

  expect(end).toMatchObject({ kind, error: expect.stringContaining(message) });
});

test('a result may have a mebibyte', async () => {
  expect(resultOf(await run('async def main(): return "x" * 1048574'))).toBe('x'.repeat(1_048_574));
});

test('random numbers differ from run to run', async () => {
  const code =
    'import random, uuid, secrets as s\nasync def main(): return [random.random(), str(uuid.uuid4()), s.token_hex(), random.Random().random()]';
  const [one, other] = [await run(code), await run(code)].map(resultOf) as [unknown[], unknown[]];

  expect(new Set([...one, ...other]).size).toBe(8);
});

test('a run finds nothing of the one before', async () => {
  const code = `
import json, os
async def main():
    builtins = json.codecs.builtins
    seen = [hasattr(json, "left"), hasattr(builtins, "left"), os.path.exists("/tmp/left")]
    json.left = builtins.left = 1
    json.dumps = None
    open("/tmp/left", "w").write("x")
    return seen`;

  for (let i = 0; i < 3; i += 1) expect(resultOf(await run(code, { allowedModules: ['os'] }))).toEqual([false, false, false]);
});

test('tasks that go on when main is done end with it', async () => {
  const ran = await run(`
import asyncio
async def later():
    while True:
        await asyncio.sleep(0)
async def main():
    asyncio.create_task(later())
    await asyncio.sleep(0.01)
    return await asyncio.wait_for(asyncio.gather(asyncio.sleep(0.01, 1), asyncio.sleep(0.02, 2)), 5)`);

  expect(resultOf(ran)).toEqual([1, 2]);
});

test('patched modules change the own result only', async () => {
  const ran = await run(
    `
import json, sys
async def main():
    json.dumps = json.loads = lambda *_, **__: "forged"
    sys.stdout = sys.stderr = None
    return {"a": 1}`,
    { allowedModules: ['sys'] },
  );

  expect(resultOf(ran)).toEqual({ a: 1 });
});

test('[mcpbox-31] modules that are not allowed are refused by name, with what to do', async () => {
  const importing = async (statement: string, allowedModules: string[] = []) =>
    (await run(`async def main():\n    ${statement}\n    return True`, { allowedModules })).end;

  expect(await importing('import os')).toMatchObject({
    error: expect.stringContaining('ImportError: The module os is not on the list of allowed modules; ask for it with requestModule.'),
  });
  expect(await importing('import requests')).toMatchObject({ error: expect.stringContaining('from signalbox import http') });
  expect(await importing('from xml.etree import ElementTree')).toMatchObject({ error: expect.stringContaining('xml.etree is not') });
  expect(await importing('from xml.etree import ElementTree', ['xml.etree.ElementTree'])).toMatchObject({ result: true });
  expect(await importing('import xml.etree.ElementTree as e; e.fromstring("<a/>")', ['xml'])).toMatchObject({ result: true });
  expect(await importing('import xml.dom.minidom', ['xml.etree.ElementTree'])).toMatchObject({ kind: 'EXCEPTION' });
  for (const never of ['ctypes', 'js', 'pyodide', 'pyodide_js', '_pyodide_core', 'importlib', 'subprocess'])
    expect(await importing(`import ${never}`, [never])).toMatchObject({
      error: expect.stringContaining(`The module ${never} is not on the list`),
    });
});

test('all modules that are offered are there', async () => {
  const ran = await run(
    `
async def main(names):
    missing = []
    for name in names:
        try:
            exec(f"import {name}")
        except Exception as error:
            missing.append(f"{name}: {error}")
    return missing`,
    { parameters: { names: offeredModules }, allowedModules: offeredModules },
  );

  expect(resultOf(ran)).toEqual([]);
  expect(baseModules.filter((name) => !offeredModules.includes(name))).toEqual([]);
});

test('secrets are fetched when they are used, each name once, and a missing one is a KeyError', async () => {
  const asked: string[] = [];
  const ran = await run(
    `
async def main():
    try:
        secrets["MISSING"]
    except KeyError as error:
        missing = str(error)
    return [secrets["A"], secrets["A"], secrets.get("B", "b"), "A" in secrets, "C" in secrets, missing, repr(secrets)]`,
    {
      async readSecret(name) {
        asked.push(name);
        return name === 'A' ? 'ä-value' : null;
      },
    },
  );

  expect(resultOf(ran)).toEqual(['ä-value', 'ä-value', 'b', true, false, "'MISSING'", '<secrets>']);
  expect(asked).toEqual(['MISSING', 'A', 'B', 'C']);
});

test('a secret that cannot be read says nothing of why', async () => {
  const ran = await run('async def main(): return secrets["A"]', {
    readSecret: () => Promise.reject(new Error('connection to 10.0.0.5 lost')),
  });

  expect(ran.end).toMatchObject({ kind: 'EXCEPTION', error: expect.stringContaining('The host could not answer') });
  expect(JSON.stringify(ran.end)).not.toContain('10.0.0.5');
});

test('progress is told, and what is no progress is an error of the code', async () => {
  const ran = await run(`
import signalbox
async def main():
    await signalbox.progress(0)
    await signalbox.progress(50, "half")
    await signalbox.progress(message="only words")
    for wrong in (101, -1, float("nan")):
        try:
            await signalbox.progress(wrong)
        except ValueError:
            await signalbox.progress(1, "ä" * 25000)
    return 1`);

  expect(resultOf(ran)).toBe(1);
  expect(ran.progress).toEqual([
    { progress: 0, message: null },
    { progress: 50, message: 'half' },
    { progress: null, message: 'only words' },
    ...Array.from({ length: 3 }, () => ({ progress: 1, message: 'ä'.repeat(20_000) })),
  ]);
});

test('requests go through the host, in both directions and several at once', async () => {
  const got: unknown[] = [];
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await Array.fromAsync(request as AsyncIterable<Buffer>));
    got.push([request.method, request.url, request.headers['content-type'], request.headers['x-key'], body.toString()]);
    response
      .writeHead(request.url === '/missing' ? 404 : 200, { 'x-answer': 'yes' })
      .end(request.url === '/bytes' ? Buffer.from([0, 255, 254]) : '{"a": 1}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const outgoing = new Outgoing({
    isAllowed: (host, asked) => host === 'localhost' && asked === port,
    privateHosts: ['localhost'],
    maxBytes: 10_000,
    timeoutMs: 5_000,
  });

  const ran = await run(
    `
import asyncio
from signalbox import http
async def main(url):
    posted = await http.post(url + "/json", params={"q": "a b"}, json={"x": "ä"}, headers={"X-Key": "1"})
    form = await http.put(url + "/form", data={"a": "b c"})
    bytes_, missing = await asyncio.gather(http.get(url + "/bytes"), http.request("get", url + "/missing"))
    try:
        await http.get("http://example.com/")
    except http.HttpError as error:
        refused = str(error)
    try:
        missing.raise_for_status()
    except http.HttpError as error:
        status = str(error)
    return [posted.status, posted.headers["x-answer"], posted.json(), posted.ok, list(bytes_.content), missing.status_code, status, refused]`,
    {
      parameters: { url: `http://localhost:${port}` },
      fetch: fetchThrough(outgoing),
    },
  );
  await outgoing.close();
  server.close().closeAllConnections();

  expect(resultOf(ran)).toEqual([
    200,
    'yes',
    { a: 1 },
    true,
    [0, 255, 254],
    404,
    'The answer has the status 404',
    'example.com:80 is not on the list of allowed hosts',
  ]);
  expect(got.slice(0, 2)).toEqual([
    ['POST', '/json?q=a+b', 'application/json', '1', '{"x": "\\u00e4"}'],
    ['PUT', '/form', 'application/x-www-form-urlencoded', undefined, 'a=b+c'],
  ]);
});

test('other ways to the network fail with an error that can be caught', async () => {
  const ran = await run(
    `
import socket, http.client
async def main():
    seen = []
    for way in (lambda: socket.create_connection(("127.0.0.1", 9), 1), lambda: http.client.HTTPConnection("127.0.0.1", 9).request("GET", "/")):
        try:
            way()
            seen.append("?")
        except OSError:
            seen.append("refused")
    return seen`,
    { allowedModules: ['socket', 'http'] },
  );

  expect(resultOf(ran)).toEqual(['refused', 'refused']);
});
