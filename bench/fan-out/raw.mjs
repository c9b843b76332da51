// The least that a server can do: one prebuilt frame, written to every socket.
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { makeItems } from '../items.mjs';
import { answerParent } from '../messages.mjs';

const magic = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const id = '00000000-0000-4000-8000-000000000000';
const cursor = Buffer.from(JSON.stringify([1, { [`job_log_lines:${id}`]: 123456 }])).toString('base64url');
const sockets = new Set();

function frameOf(items) {
  const body = Buffer.from(JSON.stringify({ id, type: 'next', payload: { data: { jobLogs: { items, cursor } } } }));
  const head = body.length < 126 ? Buffer.from([0x81, body.length]) : Buffer.from([0x81, 126, body.length >> 8, body.length & 255]);
  if (body.length > 65_535) throw new Error('a page must fit into a frame with a short length');
  return Buffer.concat([head, body]);
}

const server = createServer().on('upgrade', (request, socket) => {
  const accept = createHash('sha1')
    .update(request.headers['sec-websocket-key'] + magic)
    .digest('base64');
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-accept: ${accept}\r\nsec-websocket-protocol: graphql-transport-ws\r\n\r\n`,
  );
  socket.write(frameOf([]));
  socket.setNoDelay(true);
  sockets.add(socket);
  socket
    .on('error', () => socket.destroy())
    .on('close', () => sockets.delete(socket))
    .resume();
});

answerParent({
  publish({ first, count }) {
    const frame = frameOf(makeItems(first, count));
    for (const socket of sockets) socket.write(frame);
  },
});
server.listen(0, '127.0.0.1', () => console.log(`raw is at http://127.0.0.1:${server.address().port}`));
process.once('SIGTERM', () => process.exit(0));
