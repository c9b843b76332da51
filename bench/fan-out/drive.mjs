import { cpuMs } from '../cpu.mjs';

const patienceMs = 30_000;

/**
 * Publishes for some seconds, page after page: the next when the first socket has got the last one, and never more than `window` pages
 * ahead of the slowest socket. Then waits until every socket has everything, and returns what happened; the client checks the order.
 */
export async function drive({ target, client, sockets, position, perPage, window, seconds }) {
  await client.ask('begin', { position });
  const cpu = { server: cpuMs(target.server.pid), client: cpuMs(client.pid) };
  const began = performance.now();
  let produced = position;
  let isOver = false;
  const { promise: done, resolve, reject } = Promise.withResolvers();
  let slowestNow = position;
  const go = ({ fastest, slowest }) => {
    slowestNow = slowest;
    if (isOver && slowest === produced) resolve();
    if (isOver || fastest < produced || produced + perPage - slowest > window * perPage) return;
    target.publish(produced + 1, perPage);
    produced += perPage;
  };
  const unhear = client.hear(go);
  go({ fastest: position, slowest: position });
  const over = () => {
    isOver = true;
    if (slowestNow === produced) resolve();
  };
  const timers = [
    setTimeout(over, seconds * 1000),
    setTimeout(() => reject(new Error('not every socket got everything in time')), seconds * 1000 + patienceMs),
  ];
  await done.finally(() => {
    unhear();
    timers.forEach(clearTimeout);
  });
  const elapsed = (performance.now() - began) / 1000;
  const cpuUsed = cpuMs(target.server.pid) - cpu.server;
  const clientUsed = cpuMs(client.pid) - cpu.client;
  const { items, messages, bytes, slowest, p50Ms, p99Ms } = await client.ask('report');
  if (slowest !== produced || items !== (produced - position) * sockets)
    throw new Error(`${items} items came, ${produced - position} were published`);
  return {
    position: produced,
    itemsPerSecond: items / elapsed,
    messagesPerSecond: messages / elapsed,
    itemsPerMessage: items / messages,
    cpuUsPerItem: (cpuUsed * 1000) / items,
    cpuUsPerMessage: (cpuUsed * 1000) / messages,
    clientUsPerMessage: (clientUsed * 1000) / messages,
    bytesPerItem: bytes / items,
    p50Ms,
    p99Ms,
  };
}
