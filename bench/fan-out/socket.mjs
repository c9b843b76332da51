import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { clientFrame, readFrames } from './frames.mjs';

const [text, close, ping, pong] = [1, 8, 9, 10];
// All sockets read into the same memory: what is read is looked at before the next socket reads.
const memory = Buffer.allocUnsafe(256 * 1024);

/**
 * Opens a socket and subscribes with an id of its own. Resolves once the first message of the subscription has come; every later one is
 * given to `onMessage(buffer, from, to)`, unparsed, and the first to `onFirst`. `isRaw`: the server sends without being asked.
 */
export function openSocket({ url, token, document, variables, isRaw, onFirst, onMessage, onBytes, onLost }) {
  const { hostname, port } = new URL(url);
  let rest = null;
  let take = handshake;
  const { promise, resolve, reject } = Promise.withResolvers();
  const socket = connect({ host: hostname, port: Number(port), noDelay: true, onread: { buffer: memory, callback: read } });
  const send = (message) => socket.write(clientFrame(text, JSON.stringify(message)));
  const lost = (why) => (reject(new Error(why)), onLost(why));

  socket.on('error', (error) => lost(`a socket failed: ${error.message}`));
  socket.on('end', () => lost('the server closed a socket'));
  socket.write(
    `GET /graphql HTTP/1.1\r\nhost: ${hostname}:${port}\r\nupgrade: websocket\r\nconnection: Upgrade\r\n` +
      'sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-protocol: graphql-transport-ws\r\n\r\n',
  );

  function read(count, buffer) {
    onBytes(count);
    const bytes = rest ? Buffer.concat([rest, buffer.subarray(0, count)]) : buffer;
    const size = rest ? bytes.length : count;
    const at = take(bytes, size);
    rest = at < size ? Buffer.from(bytes.subarray(at, size)) : null;
    return true;
  }

  function handshake(bytes, size) {
    const end = bytes.subarray(0, size).indexOf('\r\n\r\n');
    if (end < 0) return 0;
    const answer = bytes.latin1Slice(0, end);
    if (!answer.startsWith('HTTP/1.1 101')) lost(`the handshake failed: ${answer}`);
    take = frames;
    if (!isRaw) send({ type: 'connection_init', payload: token ? { authorization: `Bearer ${token}` } : {} });
    const first = end + 4;
    return first + frames(bytes.subarray(first, size), size - first);
  }

  function frames(bytes, size) {
    return readFrames(bytes, size, onFrame);
  }

  let isLive = false;
  function onFrame(opcode, bytes, from, to) {
    if (opcode === text && isLive) onMessage(bytes, from, to);
    else if (opcode === text) begin(bytes.toString('utf8', from, to));
    else if (opcode === ping) socket.write(clientFrame(pong, ''));
    else if (opcode === close) lost(`the server closed: ${bytes.toString('utf8', from + 2, to)}`);
  }

  function begin(said) {
    const message = JSON.parse(said);
    if (message.type === 'connection_ack') send({ id: randomUUID(), type: 'subscribe', payload: { query: document, variables } });
    else if (message.type === 'next' && !message.payload.errors) {
      isLive = true;
      onFirst?.(said);
      resolve({ close: () => socket.resetAndDestroy(), onceClosed: new Promise((done) => socket.once('close', done)) });
    } else lost(`a subscription began with ${JSON.stringify(message)}`);
  }
  return promise;
}
