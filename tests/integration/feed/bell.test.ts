import { pino } from 'pino';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Bell } from '#core/feed/bell.js';
import { NotifyTransport } from '#core/feed/notify-transport.js';
import { RedisTransport } from '#core/feed/redis-transport.js';
import { createLogger, type Logger } from '#core/log/logger.js';
import { cloneDatabase } from '../../support/database.js';
import { eventually, openSql } from '../../support/probe.js';
import { openProxy } from '../../support/proxy.js';
import { clientsNamed, findRedis, killClients } from '../../support/redis.js';

const databaseUrl = await cloneDatabase();
const sql = await openSql(databaseUrl);
const found = await findRedis();
const name = new URL(databaseUrl).pathname.slice(1);
const channel = `signalbox:${name}:bell`;

const sessions = async (): Promise<number[]> =>
  (await sql("select pid from pg_stat_activity where datname = current_database() and application_name = 'signalbox bell'")).map(
    ({ pid }) => pid,
  );

const notify = {
  url: databaseUrl,
  transport: (url: string, log: Logger) => new NotifyTransport(url, log),
  connections: sessions,
  endConnections: async () => void (await sql(`select pg_terminate_backend(pid) from unnest($1::int[]) as pid`, [await sessions()])),
};

const redis = found && {
  url: found.url,
  transport: (url: string, log: Logger) => new RedisTransport(url, name, log),
  connections: () => clientsNamed(found.redis, channel),
  endConnections: async () => void (await killClients(found.redis, channel)),
};

/** Counts how often each stream rings at a bell. */
function listenTo(bell: Bell, ...streams: string[]): { rung: Record<string, number>; stop(): void } {
  const rung: Record<string, number> = Object.fromEntries(streams.map((stream) => [stream, 0]));
  const stops = streams.map((stream) => bell.listen(stream, () => void (rung[stream]! += 1)));
  return { rung, stop: () => stops.forEach((stop) => stop()) };
}

const heard = (what: string, rung: Record<string, number>) =>
  eventually(
    what,
    () => rung,
    (all) => Object.values(all).every((n) => n > 0),
  );

describe.each([{ by: 'NOTIFY', ...notify }, ...(redis ? [{ by: 'Redis', ...redis }] : [])])(
  'by $by',
  ({ url, transport, connections, endConnections }) => {
    async function aBell(at = url, log = createLogger('silent')): Promise<Bell> {
      const bell = new Bell(transport(at, log), log);
      await bell.open();
      onTestFinished(() => bell.close());
      return bell;
    }

    test('a ring wakes the own process at once and the others a little later', async () => {
      const [here, there] = [await aBell(), await aBell()];
      const [own, other] = [listenTo(here, 'a', 'b'), listenTo(there, 'a', 'b')];

      here.ring('a');

      expect(own.rung).toEqual({ a: 1, b: 0 });
      expect(other.rung).toEqual({ a: 0, b: 0 });
      await eventually(
        'the ring over there',
        () => other.rung.a,
        (n) => n === 1,
      );
      here.ring('b');
      await eventually(
        'the other ring',
        () => other.rung.b,
        (n) => n === 1,
      );
      expect(other.rung.a).toBe(1);
    });

    test('rings in quick succession become one for the others', async () => {
      const [here, there] = [await aBell(), await aBell()];
      const { rung } = listenTo(there, 'busy', 'last');

      for (let i = 0; i < 1_000; i++) here.ring('busy');
      await eventually(
        'the ring',
        () => rung.busy,
        (n) => n! > 0,
      );
      here.ring('last');
      await eventually(
        'the last ring',
        () => rung.last,
        (n) => n! > 0,
      );

      expect(rung).toEqual({ busy: 1, last: 1 });
    });

    test('more streams than one notification holds ring all', async () => {
      const [here, there] = [await aBell(), await aBell()];
      const streams = Array.from({ length: 700 }, (_, i) => `job_log_lines:${String(i).padStart(36, '0')}`);
      const { rung } = listenTo(there, ...streams);

      here.ring(...streams);

      await heard('all of them', rung);
      expect(new Set(Object.values(rung))).toEqual(new Set([1]));
    });

    test('whoever stopped listening hears nothing, and no listener is left', async () => {
      const [here, there] = [await aBell(), await aBell()];
      const [gone, staying] = [listenTo(there, 'a'), listenTo(there, 'a')];
      expect(there.listening).toBe(2);

      gone.stop();
      gone.stop();
      here.ring('a');
      await heard('the ring', staying.rung);

      expect(gone.rung).toEqual({ a: 0 });
      expect(there.listening).toBe(1);
      staying.stop();
      expect(there.listening).toBe(0);
    });

    test('a listener may stop itself and others while it is called', async () => {
      const bell = await aBell();
      const called: string[] = [];
      const stops: (() => void)[] = [];
      stops.push(
        bell.listen('a', () => {
          called.push('first');
          for (const stop of stops) stop();
        }),
        bell.listen('a', () => void called.push('second')),
      );

      bell.ring('a');
      bell.ring('a');

      expect(called[0]).toBe('first');
      expect(called.filter((each) => each === 'first')).toHaveLength(1);
      expect(bell.listening).toBe(0);
    });

    test('a lost connection is replaced, whoever listens is woken then, and rings come again', async () => {
      const [here, there] = [await aBell(), await aBell()];
      const { rung } = listenTo(there, 'a', 'b');
      expect(await connections()).toHaveLength(2);

      await endConnections();
      await heard('the wake after the reconnect', rung);
      await eventually('both connections', connections, (ids) => ids.length === 2);

      const woken = { ...rung };
      here.ring('a');
      await eventually(
        'a ring',
        () => rung.a,
        (n) => n === woken.a! + 1,
      );
      expect(rung.b).toBe(woken.b);
    });

    test('after a server that was away for a while there is one connection again, and each ring comes once', async () => {
      const proxy = await openProxy(url);
      const [here, there] = [await aBell(), await aBell(proxy.url)];
      const { rung } = listenTo(there, 'a', 'b');

      proxy.cut();
      await eventually(
        'some tries',
        () => proxy.refused,
        (refused) => refused >= 4,
      );
      proxy.restore();
      await heard('the wake after the reconnect', rung);

      const woken = { ...rung };
      here.ring('a');
      await eventually(
        'a ring',
        () => rung.a,
        (n) => n! > woken.a!,
      );
      here.ring('b');
      await eventually(
        'another ring',
        () => rung.b,
        (n) => n! > woken.b!,
      );
      expect(rung).toEqual({ a: woken.a! + 1, b: woken.b! + 1 });
      expect(await connections()).toHaveLength(2);
      expect(proxy.refused).toBeLessThan(8);
    });

    test('of more streams than are kept while the connection is away, everybody is woken instead', async () => {
      const proxy = await openProxy(url);
      const [here, there] = [await aBell(proxy.url), await aBell()];
      const { rung } = listenTo(there, 'first', 'last', 'not rung');
      proxy.cut();
      await eventually(
        'a try',
        () => proxy.refused,
        (refused) => refused >= 1,
      );

      here.ring('first');
      for (let i = 2; i < 10_000; i++) here.ring(`stream ${i}`);
      here.ring('last');
      expect([here.due, rung]).toEqual([10_000, { first: 0, last: 0, 'not rung': 0 }]);
      here.ring('one too many');
      here.ring('and another');
      expect(here.due).toBe(1);
      proxy.restore();

      await heard('everything', rung);
      expect([here.due, rung]).toEqual([0, { first: 1, last: 1, 'not rung': 1 }]);
    });

    test('a bell that is closed sends what is due, and leaves no connection', async () => {
      const [here, there] = [await aBell(), await aBell()];
      const { rung } = listenTo(there, 'a');

      here.ring('a');
      await here.close();

      await heard('the last ring', rung);
      await there.close();
      await eventually('no connection', connections, (ids) => ids.length === 0);
    });

    test('a bell that is closed while it tries to come back stays closed', async () => {
      const proxy = await openProxy(url);
      const bell = await aBell(proxy.url);
      proxy.cut();
      await eventually(
        'a try',
        () => proxy.refused,
        (refused) => refused >= 2,
      );

      await bell.close();
      proxy.restore();
      const other = await aBell();
      const { rung } = listenTo(other, 'a');
      other.ring('a');

      await heard('the other bell', rung);
      expect(await connections()).toHaveLength(1);
    });
  },
);

test.skipIf(!found)('a Redis that is away at the start stops nothing: what was rung meanwhile is rung when it comes', async () => {
  const proxy = await openProxy(found!.url, { isCut: true });
  const log = createLogger('silent');
  const [late, other] = [new Bell(new RedisTransport(proxy.url, name, log), log), new Bell(new RedisTransport(found!.url, name, log), log)];
  onTestFinished(async () => {
    await late.close();
    await other.close();
  });
  await other.open();
  await late.open();
  const [own, theirs] = [listenTo(late, 'a', 'b'), listenTo(other, 'a', 'b')];

  late.ring('a');
  other.ring('b');
  await eventually(
    'some tries',
    () => proxy.refused,
    (refused) => refused >= 2,
  );
  expect([own.rung, theirs.rung.a, late.transport.isConnected]).toEqual([{ a: 1, b: 0 }, 0, false]);
  proxy.restore();

  await eventually(
    'the ring of then',
    () => theirs.rung.a,
    (n) => n === 1,
  );
  // It cannot know what it missed, so it is woken for everything.
  await heard('the wake', own.rung);
  expect(late.due).toBe(0);
});

test.skipIf(!found)('the password of the URL is in no line of the log, whether Redis is away or refuses it', async () => {
  const lines: string[] = [];
  const log = pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) });
  const refused = Object.assign(new URL(found!.url), { username: 'nobody', password: 'hunter2' }).href;
  const proxy = await openProxy(refused, { isCut: true });
  const bells = [refused, proxy.url].map((at) => new Bell(new RedisTransport(at, name, log), log));
  for (const bell of bells) {
    onTestFinished(() => bell.close());
    await bell.open();
    bell.ring('a');
  }

  expect(lines.filter((line) => line.includes('Redis is away'))).toHaveLength(2);
  expect(lines.filter((line) => line.includes('hunter2'))).toEqual([]);
  expect(bells.map(({ transport }) => transport.isConnected)).toEqual([false, false]);
});

test.skipIf(!found)('two databases with one Redis do not hear each other', async () => {
  const log = createLogger('silent');
  const bells = [name, name, `${name}_other`, `${name}_other`].map(
    (database) => new Bell(new RedisTransport(found!.url, database, log), log),
  );
  onTestFinished(async () => {
    for (const bell of bells) await bell.close();
  });
  for (const bell of bells) await bell.open();
  const [here, there, elsewhere, beside] = bells as [Bell, Bell, Bell, Bell];
  const [near, far] = [listenTo(there, 'a'), listenTo(elsewhere, 'a', 'end')];

  here.ring('a');
  await heard('the ring', near.rung);
  beside.ring('end');
  await eventually(
    'a ring of its own database',
    () => far.rung.end,
    (n) => n === 1,
  );

  expect(far.rung).toEqual({ a: 0, end: 1 });
});
