import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import type { Answer } from '#core/feed/outlet.js';
import { StreamOutlet } from './stream-outlet.js';

class TextOutlet extends StreamOutlet {
  send({ text }: Answer): void {
    this.stream.write(text);
  }
}

test('many that wait for one stream, again and again, listen to it once, and all go on when it has drained', async () => {
  let done = (): void => {};
  const stream = new Writable({ highWaterMark: 1, write: (_chunk, _encoding, callback) => (done = callback) });
  const listeners = (): number => stream.listenerCount('drain') + stream.listenerCount('close');
  const atRest = listeners();
  const outlets = Array.from({ length: 20 }, () => new TextOutlet(stream));
  for (let round = 0; round < 2; round++) {
    outlets[0]!.send({ text: 'more than it takes' });
    const waiting = outlets.flatMap((outlet) => [outlet.drained(), outlet.drained()]);
    expect([outlets.every(({ isFull }) => isFull), listeners() - atRest]).toEqual([true, 2]);

    done();
    await Promise.all(waiting);

    expect([outlets.some(({ isFull }) => isFull), listeners() - atRest]).toEqual([false, 0]);
  }
});

test('whoever waits for a stream goes on when its client is gone', async () => {
  const stream = new Writable({ highWaterMark: 1, write: () => {} });
  const outlet = new TextOutlet(stream);
  outlet.send({ text: 'more than it takes' });
  const waiting = outlet.drained();

  stream.destroy();

  await waiting;
  expect([outlet.isFull, await outlet.drained()]).toEqual([false, undefined]);
});
