/** Archives consist of blocks of so many bytes. */
export const blockBytes = 512;
const sizeAt = 124;
const checksumAt = 148;
const largestOctal = 8 ** 11 - 1;

/** The head of a file in an archive (POSIX ustar; sizes from 8 GiB on the way that GNU tar writes them). */
export function tarHeader(name: string, size: number): Buffer {
  if (Buffer.byteLength(name) > 99) throw new Error(`The name ${name} is too long for an archive`);
  const block = Buffer.alloc(blockBytes);
  block.write(name);
  block.write('0000600\0', 100);
  block.write('0000000\0', 108);
  block.write('0000000\0', 116);
  if (size <= largestOctal) block.write(`${size.toString(8).padStart(11, '0')}\0`, sizeAt);
  else {
    block[sizeAt] = 0x80;
    block.writeBigUInt64BE(BigInt(size), sizeAt + 4);
  }
  block.write('00000000000\0', 136);
  block.write('0', 156);
  block.write('ustar\0', 257);
  block.write('00', 263);
  block.write(`${checksum(block).toString(8).padStart(6, '0')}\0 `, checksumAt);
  return block;
}

/** What the head of a file says; throws when `tarHeader` did not make it. */
export function parseTarHeader(block: Buffer): { name: string; size: number } {
  const isPlainFile = block.toString('latin1', 257, 262) === 'ustar' && block[156] === 0x30;
  const isWhole = Number.parseInt(block.toString('latin1', checksumAt, checksumAt + 6), 8) === checksum(block);
  if (!isPlainFile || !isWhole) throw new Error('the head of a file in it is damaged');
  const isLarge = block[sizeAt] === 0x80;
  const size = isLarge ? Number(block.readBigUInt64BE(sizeAt + 4)) : Number.parseInt(block.toString('latin1', sizeAt, sizeAt + 11), 8);
  return { name: block.toString('utf8', 0, block.indexOf(0)), size };
}

/** How many bytes fill the last block of a file. */
export const padding = (size: number): number => (blockBytes - (size % blockBytes)) % blockBytes;

// The sum of all bytes, with those of the sum itself as spaces.
const checksum = (block: Buffer): number =>
  block.reduce((sum, byte, at) => sum + (at >= checksumAt && at < checksumAt + 8 ? 0x20 : byte), 0);
