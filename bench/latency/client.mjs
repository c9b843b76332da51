// Subscribers that note when each item came; of many, one in twenty looks.
import { setTimeout as wait } from 'node:timers/promises';
import { openSocket } from '../fan-out/socket.mjs';
import { nowMs } from '../items.mjs';
import { answerParent } from '../messages.mjs';

const sampledOf = 20;
const patienceMs = 30_000;
let open = [];
let sampled = [];
let isClosing = false;

answerParent({
  async connect({ count, ...target }) {
    isClosing = false;
    sampled = Array.from({ length: Math.ceil(count / sampledOf) }, () => []);
    open = await Promise.all(Array.from({ length: count }, (_, i) => openOne(target, i % sampledOf === 0 ? sampled[i / sampledOf] : null)));
  },
  /** When each item came, of every socket that looks; all have to have come. */
  async arrivals({ items }) {
    for (const giveUpAt = nowMs() + patienceMs; sampled.some((times) => Object.keys(times).length < items); await wait(50))
      if (nowMs() > giveUpAt)
        throw new Error(`of ${items} items ${sampled.map((times) => Object.keys(times).length).join(', ')} came in time`);
    return sampled;
  },
  async disconnect() {
    isClosing = true;
    for (const { close } of open) close();
    await Promise.all(open.map(({ onceClosed }) => onceClosed));
  },
});

function openOne(target, times) {
  return openSocket({
    ...target,
    onMessage: (buffer, from, to) => times && note(times, buffer.toString('utf8', from, to)),
    onBytes: () => {},
    onLost: (why) => {
      if (!isClosing) throw new Error(why);
    },
  });
}

function note(times, text) {
  const now = nowMs();
  const [{ items }] = Object.values(JSON.parse(text).payload.data);
  for (const item of items) {
    const number = Number.parseInt(item.text ?? item.message, 10);
    if (times[number] !== undefined) throw new Error(`item ${number} came twice`);
    times[number] = now;
  }
}
console.log('the client is at http://nowhere');
process.channel.ref();
process.once('SIGTERM', () => process.exit(0));
