// One who follows the lines of a job, in a process of its own, and looks at every line.
import { epochMs } from '../clock.mjs';
import { openSocket } from '../fan-out/socket.mjs';
import { answerParent } from '../messages.mjs';

answerParent({
  async follow({ lines, patienceMs, ...subscription }) {
    const { promise, resolve, reject } = Promise.withResolvers();
    const timer = setTimeout(() => reject(new Error(`line ${last + 1} did not come in time`)), patienceMs);
    let last = 0;
    let isClosing = false;
    let doneAt;
    const take = (text) => {
      const { type, payload } = JSON.parse(text);
      // The server has nothing more to write by then.
      if (type === 'complete') return last === lines ? resolve() : reject(new Error(`the feed ended after line ${last}`));
      if (type !== 'next') return reject(new Error(text));
      for (const item of payload.data.jobLogs.items) {
        if (item.seq !== last + 1 || !item.text.startsWith(`${item.seq} `))
          reject(new Error(`line ${item.seq} (${item.text}) came after ${last}`));
        last = item.seq;
      }
      if (last === lines) doneAt ??= epochMs();
    };
    const socket = await openSocket({
      ...subscription,
      onFirst: take,
      onMessage: (buffer, from, to) => take(buffer.toString('utf8', from, to)),
      onBytes: () => {},
      onLost: (why) => isClosing || reject(new Error(why)),
    });
    await promise.finally(() => clearTimeout(timer));
    isClosing = true;
    socket.close();
    return { doneAt };
  },
});
console.log('the tail is at http://nowhere');
process.channel.ref();
process.once('SIGTERM', () => process.exit(0));
