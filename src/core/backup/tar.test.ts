import { expect, test } from 'vitest';
import { readTar } from './read-tar.js';
import { parseTarHeader, tarHeader } from './tar-header.js';
import { tarEnd, tarEntry } from './write-tar.js';

const files: [string, Buffer][] = [
  ['a', Buffer.from('text')],
  ['empty', Buffer.alloc(0)],
  ['a/block', Buffer.alloc(512, 1)],
  ['larger', Buffer.alloc(100_001, 2)],
];

async function pack(): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for (const [name, content] of files) for await (const chunk of tarEntry(name, content.length, [content])) chunks.push(chunk);
  return Buffer.concat([...chunks, tarEnd]);
}

async function unpack(archive: Buffer, chunkBytes = archive.length): Promise<[string, Buffer][]> {
  const found: [string, Buffer][] = [];
  const chunks = async function* () {
    for (let at = 0; at < archive.length; at += chunkBytes) yield archive.subarray(at, at + chunkBytes);
  };
  for await (const { name, content } of readTar(chunks())) {
    const parts: Buffer[] = [];
    for await (const part of content) parts.push(part);
    found.push([name, Buffer.concat(parts)]);
  }
  return found;
}

test.each([1, 7, 512, 1000, 200_000])('what was written is read, in chunks of %i bytes', async (bytes) => {
  expect(await unpack(await pack(), bytes)).toEqual(files);
});

test('content that nobody reads is passed over', async () => {
  const names: string[] = [];
  const archive = await pack();
  for await (const { name } of readTar(
    (async function* () {
      yield archive;
    })(),
  ))
    names.push(name);
  expect(names).toEqual(files.map(([name]) => name));
});

test('an archive that is cut anywhere is noticed, and so is something behind its end', async () => {
  const archive = await pack();
  for (const end of [0, 100, 512, 520, 1024, archive.length - 1024, archive.length - 512, archive.length - 1])
    await expect(unpack(archive.subarray(0, end)), String(end)).rejects.toThrow('it is cut');
  await expect(unpack(Buffer.concat([archive, Buffer.from('x')]))).rejects.toThrow('there is something behind its end');
});

test('a changed head is noticed', () => {
  for (const at of [0, 124, 150, 257, 400]) {
    const header = tarHeader('name', 5);
    header[at]! ^= 1;
    expect(() => parseTarHeader(header), String(at)).toThrow('the head of a file in it is damaged');
  }
});

test.each([0, 1, 8 ** 11 - 1, 8 ** 11, 10 * 1024 ** 4])('a size of %i survives', (size) => {
  expect(parseTarHeader(tarHeader('name', size))).toEqual({ name: 'name', size });
});

test('a file that is not as long as was said is an error', async () => {
  const write = async (): Promise<void> => {
    for await (const _ of tarEntry('a', 5, [Buffer.from('four')]));
  };
  await expect(write()).rejects.toThrow('a has 4 bytes instead of 5');
});
