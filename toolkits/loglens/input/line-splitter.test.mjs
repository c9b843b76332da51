import { expect, test } from 'vitest';
import { LONGEST_LINE_BYTES, LineSplitter } from './line-splitter.mjs';

/**
 * @param {Buffer} bytes
 * @param {number} chunkBytes
 */
function split(bytes, chunkBytes) {
  const splitter = new LineSplitter();
  const lines = [];
  for (let at = 0; at < bytes.length; at += chunkBytes) lines.push(...splitter.push(bytes.subarray(at, at + chunkBytes)));
  lines.push(...splitter.finish());
  return { lines, cutLines: splitter.cutLines };
}

test('lines are the same wherever chunks cut through line ends and characters', () => {
  const lines = ['first', 'zweite – größer', '', '三行目 😀', 'last'];
  const unix = Buffer.from(`${lines.join('\n')}\n`);
  const windows = Buffer.from(lines.join('\r\n'));

  for (let chunkBytes = 1; chunkBytes <= unix.length; chunkBytes += 1) {
    expect(split(unix, chunkBytes).lines).toEqual(lines);
    expect(split(windows, chunkBytes).lines).toEqual(lines);
  }
});

test('the last line counts with and without its newline', () => {
  expect(split(Buffer.from('a\nb'), 10).lines).toEqual(['a', 'b']);
  expect(split(Buffer.from('a\nb\n'), 10).lines).toEqual(['a', 'b']);
  expect(split(Buffer.from('a\nb\n\n'), 10).lines).toEqual(['a', 'b', '']);
  expect(split(Buffer.from('a\r\nb\r'), 10).lines).toEqual(['a', 'b']);
});

test('a line of exactly the longest length stays whole, one byte more is cut, in chunks of any size', () => {
  const whole = 'x'.repeat(LONGEST_LINE_BYTES);
  for (const chunkBytes of [1000, LONGEST_LINE_BYTES, 200_000]) {
    expect(split(Buffer.from(`${whole}\r\nnext`), chunkBytes)).toEqual({ lines: [whole, 'next'], cutLines: 0 });
    expect(split(Buffer.from(`${whole}y\r\nnext`), chunkBytes)).toEqual({ lines: [whole, 'next'], cutLines: 1 });
    expect(split(Buffer.from(`a\n${whole}${whole}`), chunkBytes)).toEqual({ lines: ['a', whole], cutLines: 1 });
  }
});

test('the length of a line is that of its bytes', () => {
  const characters = 'ö'.repeat(LONGEST_LINE_BYTES / 2 + 10);
  for (const chunkBytes of [999, 200_000]) {
    const { lines, cutLines } = split(Buffer.from(`${characters}\nnext`), chunkBytes);

    expect(lines).toEqual(['ö'.repeat(LONGEST_LINE_BYTES / 2), 'next']);
    expect(cutLines).toBe(1);
  }
});

test('invalid UTF-8 becomes the replacement character', () => {
  expect(split(Buffer.from([0x61, 0xff, 0x62, 10, 0x63]), 100).lines).toEqual(['a\uFFFDb', 'c']);
});
