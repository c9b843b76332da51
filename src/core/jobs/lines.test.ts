import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { lines } from './lines.js';

const read = (chunks: (string | Buffer)[], most = 10): Promise<string[]> =>
  Array.fromAsync(lines(Readable.from(chunks.map((chunk) => Buffer.from(chunk))), most));

test.each<[string, (string | Buffer)[], string[]]>([
  ['nothing', [], []],
  ['one line without an end', ['abc'], ['abc']],
  ['lines in one chunk', ['a\nb\n\nc\n'], ['a', 'b', '', 'c']],
  ['a line over several chunks', ['ab', 'c', 'd\ne'], ['abcd', 'e']],
  ['an end at the start of a chunk', ['abc', '\n', '\nd'], ['abc', '', 'd']],
  ['ends of Windows', ['a\r\nb\r', '\nc'], ['a', 'b', 'c']],
  ['a line of the most characters', ['0123456789\nx'], ['0123456789', 'x']],
  ['a line that is longer', ['0123456789ab\nx'], ['0123456789', 'ab', 'x']],
  ['a line of twice the most', ['01234567890123456789\n'], ['0123456789', '0123456789']],
  ['a long line in small chunks', ['012345', '678901', '234567'], ['0123456789', '01234567']],
  ['a character that is split between chunks', [Buffer.from('ü').subarray(0, 1), Buffer.from('ü').subarray(1), '\n'], ['ü']],
  ['a cut that would split a character', ['012345678🚦9\n'], ['012345678', '🚦9']],
  ['bytes that are no text', [Buffer.from([0x61, 0xff, 0x0a])], ['a\ufffd']],
  ['an unfinished character at the end', [Buffer.from('aü').subarray(0, 2)], ['a\ufffd']],
])('a stream is split into lines: %s', async (_case, chunks, expected) => {
  expect(await read(chunks)).toEqual(expected);
});
