const finalText = 0x81;

/** The header of an unmasked, unfragmented text frame whose payload has that many bytes (RFC 6455, section 5.2). */
export function textFrameHeader(bytes: number): Buffer {
  if (bytes < 126) return Buffer.from([finalText, bytes]);
  if (bytes < 65_536) return Buffer.from([finalText, 126, bytes >> 8, bytes & 0xff]);
  const long = Buffer.alloc(10);
  long[0] = finalText;
  long[1] = 127;
  long.writeBigUInt64BE(BigInt(bytes), 2);
  return long;
}
