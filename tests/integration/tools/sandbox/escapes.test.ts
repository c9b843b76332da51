import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { Outgoing } from '#core/network/outgoing.js';
import { fetchThrough } from '#domains/tools/sandbox/fetch-through.js';
import type { IsolationName } from '#domains/tools/sandbox/isolation.js';
import { attacks } from '../../../support/sandbox/attacks.js';
import { attackCode, buildPrison, mark, type Prison } from '../../../support/sandbox/escape.js';
import { startNakedPython, type NakedPython } from '../../../support/sandbox/naked-python.js';
import { openSandbox, resultOf, type Ran, type TestSandbox } from '../../../support/sandbox/open-sandbox.js';

// Each run is a process that starts Python.
vi.setConfig({ testTimeout: 180_000 });

const weakest: readonly IsolationName[] = ['PROCESS_ONLY'];
const all = Object.entries(attacks);
let prison: Prison;
let strong: TestSandbox;
let weak: TestSandbox;
let python: NakedPython | undefined;

beforeAll(async () => {
  prison = await buildPrison();
  strong = await openSandbox({ poolSize: 1 });
  weak = await openSandbox({ poolSize: 1, levels: weakest });
}, 120_000);

afterAll(async () => {
  python?.close();
  await Promise.all([strong.sandbox.stop(), weak.sandbox.stop()]);
  await prison.close();
});

const asked = { readSecret: async (name: string) => (name === 'OWN' ? 'own' : null), timeoutMs: 20_000 };

const attack = (sandbox: TestSandbox, body: string, isUndone: boolean): Promise<Ran> =>
  sandbox.run(attackCode(body, isUndone), { ...asked, parameters: { ...prison.target } });

test('there are at least 40 attacks', () => {
  expect(all.length).toBeGreaterThanOrEqual(40);
});

test.each([
  ['strongest', false],
  ['strongest', true],
  ['weakest', false],
  ['weakest', true],
])('a benign program works where attacks are tried: %s isolation, hook undone: %s', async (level, isUndone) => {
  const body = 'import json, asyncio; print("seen"); await asyncio.sleep(0); return [json.loads("[1]"), secrets["OWN"], port > 0]';
  const ran = await attack(level === 'strongest' ? strong : weak, body, isUndone);

  expect([resultOf(ran), ran.lines]).toEqual([[[1], 'own', true], [['stdout', 'seen']]]);
});

test('with the hook undone everything can be imported', async () => {
  const body = `names = ["os", "socket", "subprocess", "js", "pyodide_js", "ctypes", "_pyodide_core", "pyodide.code", "gc", "importlib"]
    return [real(name) is not None for name in names]`;

  for (const sandbox of [strong, weak]) {
    expect(resultOf(await attack(sandbox, body, true))).toEqual(Array.from({ length: 10 }, () => true));
    expect((await attack(sandbox, body, false)).end).toMatchObject({ error: expect.stringContaining('The module os is not on the list') });
  }
});

test('code that gets out is noticed, by each kind of evidence: the same attacks on Python without a sandbox', async () => {
  const started = (python = startNakedPython());
  const naked = async (name: string): Promise<string[]> =>
    prison.evidence(await started.run(attackCode(attacks[name]!, true), prison.target));

  expect(await naked('the environment through js')).toEqual(['it has the secret']);
  expect(await naked('a module of Node.js through js')).toEqual(['it has the secret']);
  expect(await naked('a folder of the machine by mountNodeFS')).toEqual(['it has the secret']);
  expect(await naked('the constructor of functions')).toEqual(['it has the secret']);
  expect(await naked('scripts with an answer by ctypes')).toEqual(['it has the secret']);
  expect(await naked('a program by os.system')).toEqual(['it left a file']);
  expect(await naked('system() by ctypes')).toEqual(['it left a file']);
  expect(await naked('pyfetch')).toEqual(['it has the secret', 'it reached the server']);
  expect(await naked('a signal to another process')).toEqual(['it ended a process']);
  expect(await naked('a hand-made native module that calls emscripten_run_script')).toEqual(['it left a file']);
});

// What holds with everything and what holds with the least; ESCAPES=all tries what lies between as well.
const passes: readonly (readonly ['strongest' | 'weakest', boolean])[] = [
  ['strongest', false],
  ['weakest', true],
  ...(process.env.ESCAPES === 'all'
    ? ([
        ['strongest', true],
        ['weakest', false],
      ] as const)
    : []),
];

for (const [level, isUndone] of passes)
  test.each(all)(`%s leads nowhere: ${level} isolation${isUndone ? ', hook undone' : ''}`, async (_name, body) => {
    const ran = await attack(level === 'strongest' ? strong : weak, body, isUndone);

    expect(prison.evidence(ran)).toEqual([]);
  });

test('requests through the host reach nothing inside, however they are written', async () => {
  const everything = { isAllowed: () => true, maxBytes: 10_000, timeoutMs: 5_000 };
  const outgoing = new Outgoing(everything, async () => [{ address: '127.0.0.1', family: 4 }]);
  const hosts = [
    '127.0.0.1',
    '127.1',
    '2130706433',
    '0x7f000001',
    '0177.0.0.1',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '0.0.0.0',
    'localhost',
    'inside.test',
    'a@127.0.0.1',
    '①②⑦.0.0.1',
    '127.0.0.1\r\nHost: a',
  ];
  const body = `
    from signalbox import http
    seen = []
    tries = [("GET", f"http://{host}:{port}/", {}) for host in ${JSON.stringify(hosts)}]
    tries += [("GET", "file://" + file, {}), ("GET", "http://169.254.169.254/", {}), ("GET\\r\\nX: y", f"http://inside.test:{port}/", {})]
    tries += [("GET", f"http://inside.test:{port}/", headers) for headers in ({"host": "a"}, {"x": "a\\r\\nhost: b"}, {"x\\r\\ny": "z"})]
    for method, url, headers in tries:
        try:
            seen.append((await http.request(method, url, headers=headers)).text)
        except http.HttpError as error:
            seen.append("refused")
    return seen`;

  const ran = await strong.run(attackCode(body, false), { ...asked, parameters: { ...prison.target }, fetch: fetchThrough(outgoing) });
  await outgoing.close();

  expect(resultOf(ran)).toEqual(Array.from({ length: hosts.length + 6 }, () => 'refused'));
  expect(prison.evidence(ran)).toEqual([]);
});

test('the mark is where the attacks look for it', () => {
  expect(process.env.SIGNALBOX_MARK).toBe(mark);
});
