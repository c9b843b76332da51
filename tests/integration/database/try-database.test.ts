import { createServer } from 'node:net';
import { expect, inject, onTestFinished, test } from 'vitest';
import { tryDatabase } from '#core/database/try-database.js';

const serverUrl = inject('serverUrl');
const at = (change: Partial<URL>): string => Object.assign(new URL(serverUrl), change).href;
const { host } = new URL(serverUrl);

test('a database that answers passes', async () => {
  await expect(tryDatabase(serverUrl)).resolves.toBeUndefined();
});

test.each([
  {
    what: 'an address where nothing listens',
    url: 'postgres://somebody:hidden@127.0.0.1:1/none',
    message: 'DATABASE_URL: no PostgreSQL answers at 127.0.0.1:1 (connect ECONNREFUSED 127.0.0.1:1): start it, or correct the address',
  },
  {
    what: 'a machine that is not there',
    url: 'postgres://somebody:hidden@no-such-machine.invalid/none',
    message: expect.stringMatching(
      /^DATABASE_URL: no PostgreSQL answers at no-such-machine\.invalid \(.+\): start it, or correct the address$/,
    ),
  },
  {
    what: 'a database that is not there',
    url: at({ pathname: '/no_such_database' }),
    message: `DATABASE_URL: there is no database no_such_database at ${host}: create it, as with createdb`,
  },
  {
    what: 'a name that is not known',
    url: at({ username: 'no_such_role', password: 'hidden' }),
    message: expect.stringMatching(
      /^DATABASE_URL: PostgreSQL at .+ does not let no_such_role in \(.+\): correct the name or the password$/,
    ),
  },
])('$what is told with the name of the setting and what to do, without the password', async ({ url, message }) => {
  const error = await tryDatabase(url).catch((cause: Error) => cause);

  expect(error).toMatchObject({ message });
  expect((error as Error).message).not.toContain('hidden');
});

test('something that is no PostgreSQL is told, too', async () => {
  const server = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as { port: number };

  await expect(tryDatabase(`postgres://127.0.0.1:${port}/any`)).rejects.toThrow(`DATABASE_URL: no PostgreSQL answers at 127.0.0.1:${port}`);
});
