const finalText = 0x81;

/** The header of an unmasked, unfragmented text frame whose payload has that many bytes (RFC 6455, section 5.2). */
function header(bytes: number): Buffer {
  if (bytes < 126) return Buffer.from([finalText, bytes]);
  if (bytes < 65_536) return Buffer.from([finalText, 126, bytes >> 8, bytes & 0xff]);
  const long = Buffer.alloc(10);
  long[0] = finalText;
  long[1] = 127;
  long.writeBigUInt64BE(BigInt(bytes), 2);
  return long;
}

/** The chunks of a text frame whose payload consists of parts; few bytes are copied into one chunk, many are shared as they are. */
export function textFrame(parts: readonly Buffer[], mostCopied: number): Buffer[] {
  const bytes = parts.reduce((sum, { length }) => sum + length, 0);
  const chunks = [header(bytes), ...parts];
  return bytes <= mostCopied ? [Buffer.concat(chunks)] : chunks;
}
