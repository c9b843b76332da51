import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { StreamOutlet } from './stream-outlet.js';

class Outlet extends StreamOutlet {
  send(): void {}
}

/** An outlet whose stream is full. */
function aFullOne(): { outlet: Outlet; stream: PassThrough } {
  const stream = new PassThrough({ highWaterMark: 4 });
  stream.write('more than four');
  return { outlet: new Outlet(stream), stream };
}

test('an outlet is full while its stream asks to wait, and drained when what waited was taken', async () => {
  const { outlet, stream } = aFullOne();
  expect(outlet.isFull).toBe(true);
  const drained = outlet.drained();

  stream.resume();
  await drained;

  expect(outlet.isFull).toBe(false);
  await outlet.drained();
});

test('whoever waits for the same outlet waits with one listener, and none is left', async () => {
  const { outlet, stream } = aFullOne();
  const waiting = Array.from({ length: 50 }, () => outlet.drained());
  expect([stream.listenerCount('drain'), stream.listenerCount('close')]).toEqual([1, 1]);

  stream.destroy();
  await Promise.all(waiting);

  expect([stream.listenerCount('drain'), stream.listenerCount('close')]).toEqual([0, 0]);
  await outlet.drained();
});
