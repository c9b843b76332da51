import { onTestFinished } from 'vitest';

/**
 * Has a server listen on a free port of the loopback, and closes it when the test is done.
 * @param {import('node:net').Server} server
 * @returns {Promise<number>} its port
 */
export async function listen(server) {
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(
    () =>
      new Promise((resolve) => {
        server.closeAllConnections?.();
        server.close(resolve);
      }),
  );
  return server.address().port;
}
