/** A WebSocket frame from a client; the mask of zeros leaves the text as it is. */
export function clientFrame(opcode, text) {
  const body = Buffer.from(text);
  if (body.length > 65_535) throw new Error('too long for a frame with a short length');
  const head = body.length < 126 ? [0x80 | opcode, 0x80 | body.length] : [0x80 | opcode, 0x80 | 126, body.length >> 8, body.length & 255];
  return Buffer.concat([Buffer.from([...head, 0, 0, 0, 0]), body]);
}

/**
 * Calls back with the opcode and the place of every whole frame in the first `size` bytes; returns where the first frame begins that is
 * not whole.
 */
export function readFrames(buffer, size, onFrame) {
  let at = 0;
  for (;;) {
    if (size - at < 2) return at;
    let length = buffer[at + 1] & 127;
    let from = at + 2;
    if (length === 126) {
      if (size - at < 4) return at;
      length = (buffer[at + 2] << 8) | buffer[at + 3];
      from = at + 4;
    } else if (length === 127) {
      if (size - at < 10) return at;
      length = buffer.readUInt32BE(at + 2) * 2 ** 32 + buffer.readUInt32BE(at + 6);
      from = at + 10;
    }
    if (size < from + length) return at;
    onFrame(buffer[at] & 15, buffer, from, from + length);
    at = from + length;
  }
}
