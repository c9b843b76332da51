import { afterAll, expect, test, vi } from 'vitest';
import { openSandbox } from '../../../support/sandbox/open-sandbox.js';

// Each look is a process that starts Python.
vi.setConfig({ testTimeout: 120_000 });

const { sandbox } = await openSandbox();
afterAll(() => sandbox.stop());

test('code is looked at without being run', async () => {
  const code = `
import json
from xml.etree import ElementTree
if __name__ == "tool":
    import numpy
raise SystemExit
async def main(name, count=1, *, key, other=None, **more):
    import os.path, json.decoder
    from . import sibling
`;

  expect(await sandbox.inspect(code, ['xml.etree.ElementTree', 'numpy'])).toEqual({
    problems: [],
    imports: ['json', 'numpy', 'os', 'xml'],
    refusedModules: ['numpy', 'os.path'],
    hasMain: true,
    parameters: [
      { name: 'name', isRequired: true },
      { name: 'count', isRequired: false },
      { name: 'key', isRequired: true },
      { name: 'other', isRequired: false },
    ],
    takesOthers: true,
  });
});

test.each([
  ['async def main(:\n', 1, 'invalid syntax'],
  ['x = 1\ndef main():\n  return 1', 2, 'main has to be async: write async def main(...)'],
  ['x = 1', 1, 'There is no async def main(...)'],
  ['if True:\n  async def main(): pass', 1, 'There is no async def main(...)'],
  ['async def main(a, /, b): pass', 1, 'main gets its parameters by name: / and *args are not possible'],
  ['async def main(*a): pass', 1, 'main gets its parameters by name: / and *args are not possible'],
  ['async def main():\n  pass\nreturn 1', 3, "'return' outside function"],
  ['a = "\0"', 1, 'source code string cannot contain null bytes'],
  ['('.repeat(300) + ')'.repeat(300), 1, 'too many nested parentheses'],
])('the code %j has a problem on line %d: %s', async (code, line, message) => {
  const { problems } = await sandbox.inspect(code);

  expect(problems).toEqual([{ line, message: expect.stringContaining(message) }]);
});

test('code that breaks the reader is a problem as well, and the next look works', async () => {
  const deep = `async def main(): return ${'-'.repeat(200_000)}1`;

  expect((await sandbox.inspect(deep)).problems.length).toBe(1);
  expect((await sandbox.inspect('async def main(): pass')).problems).toEqual([]);
});
