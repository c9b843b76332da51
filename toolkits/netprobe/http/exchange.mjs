import { once } from 'node:events';
import { request } from 'node:http';
import { openSocket } from '../probing/open-socket.mjs';
import { startTls } from '../tls/start-tls.mjs';

const LONGEST_BODY = 1024 * 1024;
const PORTS = { 'http:': 80, 'https:': 443 };

/**
 * One answer, and how long each of its phases took in milliseconds; `tlsMs` is null without TLS.
 * @typedef {{ status: number, location: string | null, body: string, isBodyCut: boolean, address: string, phases: { dnsMs: number, connectMs: number, tlsMs: number | null, firstByteMs: number, bodyMs: number } }} Answer
 */

/**
 * Sends one request to a URL, over a connection of its own to an address that was checked, and reads the answer up to a bound.
 * @param {URL} url
 * @param {{ method: string, verifyCertificate: boolean, certificateAuthorities: readonly string[], guard: import('../guard/guard.mjs').Guard }} options
 * @param {AbortSignal} signal
 * @returns {Promise<Answer>}
 */
export async function exchange(url, { method, verifyCertificate, certificateAuthorities, guard }, signal) {
  const port = url.port === '' ? PORTS[url.protocol] : Number(url.port);
  const target = await guard.check(url.hostname, port);
  const { socket, connectMs } = await openSocket(target, signal);
  try {
    const tls =
      url.protocol === 'https:' ? await startTls(socket, { servername: target.host, certificateAuthorities, alpn: ['http/1.1'] }) : null;
    if (tls && verifyCertificate && !tls.isTrusted) throw new Error(`The certificate is not trusted: ${tls.trustError}`);
    const answer = await send(tls?.secure ?? socket, url, method);
    const { firstByteMs, bodyMs, ...rest } = answer;
    return { ...rest, address: target.address, phases: { dnsMs: target.dnsMs, connectMs, tlsMs: tls?.tlsMs ?? null, firstByteMs, bodyMs } };
  } finally {
    socket.destroy();
  }
}

async function send(connection, url, method) {
  const startedMs = performance.now();
  const sent = request({
    // With this, and without an agent, nobody else connects to anything.
    createConnection: () => connection,
    method,
    path: `${url.pathname}${url.search}`,
    headers: { host: url.host, 'user-agent': 'signalbox-netprobe/1.0', accept: '*/*', 'accept-encoding': 'identity', connection: 'close' },
  });
  sent.end();
  const [response] = await once(sent, 'response');
  // What goes wrong from now on, the reading of the body tells.
  sent.on('error', () => {});
  const firstByteMs = performance.now() - startedMs;
  const read = await bodyOf(response);
  const bodyMs = performance.now() - startedMs - firstByteMs;
  return { ...read, status: response.statusCode, location: response.headers.location ?? null, firstByteMs, bodyMs };
}

async function bodyOf(response) {
  const chunks = [];
  let size = 0;
  for await (const chunk of response) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > LONGEST_BODY) break;
  }
  return { body: Buffer.concat(chunks).subarray(0, LONGEST_BODY).toString('utf8'), isBodyCut: size > LONGEST_BODY };
}
