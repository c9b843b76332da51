import { expect, test } from 'vitest';
import { startTestApp } from '../../support/app.js';
import { signIn } from '../../support/client.js';
import { TestSocket } from '../../support/socket.js';

test('a client that does not answer its farewell holds up the stop for a few seconds only', async () => {
  const app = await startTestApp({ ROLE: 'api' });
  const { token } = await signIn(app.url);
  const socket = await TestSocket.connect(app.url, token);
  socket.socket.pause();

  const began = performance.now();
  await app.stop();

  expect(performance.now() - began).toBeLessThan(20_000);
  socket.socket.resume();
  expect((await socket.close()).code).toBe(1001);
});
