import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { writeCsv } from './write-csv.mjs';

test('cells are quoted where they have to be, and no text of others is a formula', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'netprobe-csv-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));

  await writeCsv(
    { folder },
    'x.csv',
    ['a', 'b'],
    [
      { a: 'one, two', b: 'say "hi"' },
      { a: '=1+1', b: null },
      { a: -1.5, b: true },
    ],
  );

  expect(await readFile(join(folder, 'x.csv'), 'utf8')).toBe('a,b\r\n"one, two","say ""hi"""\r\n\'=1+1,\r\n-1.5,true\r\n');
});
