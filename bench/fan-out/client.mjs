// The subscribers of a fan-out, in a process of their own. They look at no more of a message than they must.
import { answerParent } from '../messages.mjs';
import { openSocket } from './socket.mjs';
import { Tally } from './tally.mjs';

const atOnce = 50;
const tally = new Tally((progress) => process.send({ told: progress }));
let open = [];
let isClosing = false;

answerParent({
  async connect({ count, ...target }) {
    isClosing = false;
    const opening = Array.from({ length: Math.min(atOnce, count) }, async () => {
      while (open.length < count) {
        const place = open.push(null) - 1;
        open[place] = await openSocket({
          ...target,
          onMessage: (buffer, from, to) => tally.take(place, buffer, from, to),
          onBytes: (bytes) => (tally.bytes += bytes),
          onLost: (why) => {
            if (!isClosing) throw new Error(why);
          },
        });
      }
    });
    await Promise.all(opening);
  },
  begin: ({ position }) => tally.begin(open.length, position),
  report: () => tally.report(),
  async disconnect() {
    isClosing = true;
    const closing = open;
    open = [];
    for (const { close } of closing) close();
    await Promise.all(closing.map(({ onceClosed }) => onceClosed));
  },
});
console.log('The client is at http://nowhere');
process.once('SIGTERM', () => process.exit(0));
// Between two targets there is nothing that keeps it alive.
process.channel.ref();
