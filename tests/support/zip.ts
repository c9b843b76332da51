import { crc32, constants, deflateRawSync } from 'node:zlib';

/** An entry of a zip file, and what its headers say of it when that is not the truth. */
export interface ZipEntry {
  name: string | Buffer;
  content?: string | Buffer;
  /** Unix mode with the type of the file in its upper bits. */
  mode?: number;
  flags?: number;
  method?: number;
  /** What the content takes in the file, when it is not its deflated form. */
  packed?: Buffer;
  statedBytes?: number;
  statedCrc?: number;
}

const uint32 = 0xffff_ffff;

/** Writes a zip file by hand, so that it may say of itself what no library would let it say. */
export function zipOf(entries: readonly ZipEntry[]): Buffer {
  const [local, central]: [Buffer[], Buffer[]] = [[], []];
  let offset = 0;
  for (const { name, content = '', mode = 0o100644, flags = 0x800, method = 8, ...more } of entries) {
    const raw = Buffer.from(content as string);
    const packed = more.packed ?? (method === 8 ? deflateRawSync(raw) : raw);
    const { statedBytes = raw.length, statedCrc = crc32(raw) } = more;
    const path = Buffer.from(name as string);
    const isLarge = statedBytes >= uint32;
    const extra = Buffer.alloc(isLarge ? 12 : 0);
    if (isLarge) {
      extra.writeUInt16LE(1, 0);
      extra.writeUInt16LE(8, 2);
      extra.writeBigUInt64LE(BigInt(statedBytes), 4);
    }
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(45, 0);
    fields.writeUInt16LE(flags, 2);
    fields.writeUInt16LE(method, 4);
    fields.writeUInt32LE(statedCrc, 10);
    fields.writeUInt32LE(packed.length, 14);
    fields.writeUInt32LE(isLarge ? uint32 : statedBytes, 18);
    fields.writeUInt16LE(path.length, 22);
    fields.writeUInt16LE(extra.length, 24);
    local.push(Buffer.from('PK\x03\x04', 'latin1'), fields, path, extra, packed);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE((mode << 16) >>> 0, 6);
    rest.writeUInt32LE(offset, 10);
    central.push(Buffer.from('PK\x01\x02\x2d\x03', 'latin1'), fields, rest, path, extra);
    offset += 30 + path.length + extra.length + packed.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...local, directory, end]);
}

/** A deflated stream of so many MiB of zeros, made without deflating them all. */
export function zeros(megabytes: number): Buffer {
  const block = deflateRawSync(Buffer.alloc(1024 ** 2), { finishFlush: constants.Z_FULL_FLUSH });
  return Buffer.concat([...Array.from({ length: megabytes }, () => block), deflateRawSync(Buffer.alloc(0))]);
}
