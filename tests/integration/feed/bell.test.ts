import { expect, onTestFinished, test } from 'vitest';
import { Bell } from '#core/feed/bell.js';
import { createLogger } from '#core/log/logger.js';
import { cloneDatabase } from '../../support/database.js';
import { eventually, openSql } from '../../support/probe.js';
import { openProxy } from '../../support/proxy.js';

const url = await cloneDatabase();
const sql = await openSql(url);

async function aBell(at = url): Promise<Bell> {
  const bell = new Bell(at, createLogger('silent'));
  await bell.open();
  onTestFinished(() => bell.close());
  return bell;
}

/** Counts how often each stream rings at a bell. */
function listenTo(bell: Bell, ...streams: string[]): { rung: Record<string, number>; stop(): void } {
  const rung: Record<string, number> = Object.fromEntries(streams.map((stream) => [stream, 0]));
  const stops = streams.map((stream) => bell.listen(stream, () => void (rung[stream]! += 1)));
  return { rung, stop: () => stops.forEach((stop) => stop()) };
}

const sessions = () =>
  sql(
    `select pid from pg_stat_activity where datname = current_database() and (query like 'listen signalbox_bell%' or query like 'select pg_notify%')`,
  );
const heard = (what: string, rung: Record<string, number>) =>
  eventually(
    what,
    () => rung,
    (all) => Object.values(all).every((n) => n > 0),
  );

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
  const before = await sessions();
  expect(before).toHaveLength(2);

  await sql(`select pg_terminate_backend(pid) from unnest($1::int[]) as pid`, [before.map(({ pid }) => pid)]);
  await heard('the wake after the reconnect', rung);
  await eventually('both connections', sessions, (rows) => rows.length === 2);

  const woken = { ...rung };
  here.ring('a');
  await eventually(
    'a ring',
    () => rung.a,
    (n) => n === woken.a! + 1,
  );
  expect(rung.b).toBe(woken.b);
});

test('after a database that was away for a while there is one connection again, and each ring comes once', async () => {
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
  expect(await sessions()).toHaveLength(2);
  expect(proxy.refused).toBeLessThan(8);
});

test('a bell that is closed sends what is due, and leaves no connection', async () => {
  const [here, there] = [await aBell(), await aBell()];
  const { rung } = listenTo(there, 'a');

  here.ring('a');
  await here.close();

  await heard('the last ring', rung);
  await there.close();
  await eventually('no session', sessions, (rows) => rows.length === 0);
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
  expect(await sessions()).toHaveLength(1);
});
