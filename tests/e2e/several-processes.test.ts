import { describe, expect, test, vi } from 'vitest';
import { data, signIn } from '../support/client.js';
import { cloneDatabase } from '../support/database.js';
import { followFeed } from '../support/feed.js';
import { cancel, childOf, enqueue, eventually, gone, jobIn, openSql } from '../support/probe.js';
import { clientsNamed, findRedis } from '../support/redis.js';
import { TestSocket } from '../support/socket.js';
import { aDataDir, startProbeServer, startProbeWorker } from './support/process.js';
import type { TestProcess } from './support/server-process.js';

vi.setConfig({ testTimeout: 120_000 });

const password = 'a long enough password';
const signInTo = (url: string) => signIn(url, 'admin', password);
const found = await findRedis();
const workerOf = 'query($id: ID!) { job(id: $id) { worker { name } } }';
const pidIn = (name: string): number => Number(name.split(':').at(-1));

describe.each([
  { by: 'NOTIFY', REDIS_URL: '' },
  { by: 'Redis', REDIS_URL: found?.url ?? null },
])('two APIs and two workers, with the bell by $by,', ({ by, REDIS_URL }) => {
  test.skipIf(REDIS_URL === null)('are one system', async () => {
    const DATABASE_URL = await cloneDatabase();
    const sql = await openSql(DATABASE_URL);
    const settings = { DATABASE_URL, REDIS_URL: REDIS_URL!, DATA_DIR: await aDataDir(), ADMIN_PASSWORD: password, WORKER_CONCURRENCY: '1' };
    const a = await startProbeServer({ ...settings, ROLE: 'api' });
    const b = await startProbeServer({ ...settings, ROLE: 'api' });
    const d = await startProbeWorker(settings);
    const auth = await signInTo(a.url);
    const runsOn = async (id: string, worker: TestProcess): Promise<void> => {
      await jobIn(a.url, id, 'RUNNING', auth);
      expect(pidIn((await data(b.url, workerOf, { id }, auth)).job.worker.name)).toBe(worker.child.pid);
    };
    const spinning = await enqueue(b.url, 'probe.spin', {}, auth);
    await runsOn(spinning.id, d);
    const child = await childOf(b.url, spinning.id, auth);

    // Enqueued through A, run by C, since D has no room, and followed through B.
    const c = await startProbeWorker(settings);
    const printing = await enqueue(a.url, 'probe.print', { lines: 300, delayMs: 10 }, auth);
    const lines = followFeed(b.url, 'jobLogs', printing.id, auth, { after: printing.cursor });
    const steps = followFeed(b.url, 'jobProgress', printing.id, auth, { after: printing.cursor });
    await Promise.all([lines.ended(60_000), steps.ended(60_000)]);
    expect(lines.items.filter(({ stream }) => stream === 'STDOUT').map(({ text }) => text)).toEqual(
      Array.from({ length: 300 }, (_, i) => `out ${i + 1}`),
    );
    expect(steps.items.map(({ seq }) => seq)).toEqual(steps.items.map((_, i) => i + 1));
    expect(pidIn(steps.items.find(({ message }) => message?.startsWith('Runs on '))!.message)).toBe(c.child.pid);
    expect(steps.pages.at(-1)).toMatchObject({ state: 'ENDED', reason: 'SUCCEEDED' });

    // A stop that is asked for through A reaches the run on D.
    const stopped = followFeed(b.url, 'jobProgress', spinning.id, auth, { after: spinning.cursor });
    expect(await cancel(a.url, spinning.id, auth)).toBe('RUNNING');
    await stopped.ended(60_000);
    expect(stopped.pages.at(-1)).toMatchObject({ state: 'ENDED', reason: 'CANCELLED' });
    await gone(child);

    // Rights that end at A end what they opened at B, though nothing happens there.
    const other = await signInTo(a.url);
    const socket = await TestSocket.connect(b.url, other.token);
    const feed = followFeed(b.url, 'jobEvents', null, other, {});
    await feed.until('a page', ({ pages }) => pages.length > 0);
    await data(a.url, 'mutation($id: ID!) { revokeSession(input: { id: $id }) { session { isActive } } }', { id: other.sessionId }, auth);
    expect((await socket.close()).code).toBe(4403);
    await feed.until('its end', ({ closed, errors }) => closed !== null || errors !== null);

    const sessions = await sql("select 1 from pg_stat_activity where datname = current_database() and application_name = 'signalbox bell'");
    const connections = found ? await clientsNamed(found.redis, `signalbox:${new URL(DATABASE_URL).pathname.slice(1)}:bell`) : [];
    expect({ redis: connections.length, notify: sessions.length }).toEqual(
      by === 'Redis' ? { redis: 4, notify: 0 } : { redis: 0, notify: 4 },
    );
    await Promise.all([lines.stop(), steps.stop(), stopped.stop(), feed.stop()]);
  });
});

test.skipIf(!found)(
  '[toolbox-33] when the process that exchanges telemetry is killed the other one goes on, and each message is one step',
  async () => {
    const DATABASE_URL = await cloneDatabase();
    const sql = await openSql(DATABASE_URL);
    const settings = { DATABASE_URL, REDIS_URL: found!.url, DATA_DIR: await aDataDir(), ADMIN_PASSWORD: password, ROLE: 'api' };
    const servers = [await startProbeServer(settings), await startProbeServer(settings)];
    const connection = `signalbox:${new URL(DATABASE_URL).pathname.slice(1)}:telemetry`;
    const leader = async (): Promise<number | null> => {
      const [row] = await sql(
        "select application_name as name from pg_locks l join pg_stat_activity a on a.pid = l.pid where l.locktype = 'advisory' and a.datname = current_database() and a.application_name like 'signalbox lead telemetry %'",
      );
      const isHearing = String(await found!.redis.sendCommand(['CLIENT', 'LIST']))
        .split('\n')
        .filter((line) => line.includes(`name=${connection} `) && line.includes(' psub=1 '));
      return row && isHearing.length === 1 ? Number(row.name.split(' ').at(-1)) : null;
    };
    const before = await eventually('a leader', leader, (pid) => pid !== null);
    const killed = servers.find(({ process }) => process.child.pid === before)!;
    const left = servers.find((server) => server !== killed)!;
    const auth = await signInTo(left.url);
    const { id, cursor } = await enqueue(left.url, 'probe.print', { lines: 1 }, auth);
    const steps = followFeed(left.url, 'jobProgress', id, auth, { after: cursor });
    await found!.redis.publish(`toolkit:probe:job:${id}`, '{"message":"before"}');
    await steps.until('the first message', ({ items }) => items.length === 2);

    await killed.process.kill();
    expect(await eventually('the next leader', leader, (pid) => pid !== null && pid !== before)).toBe(left.process.child.pid);
    await found!.redis.publish(`toolkit:probe:job:${id}`, '{"message":"after"}');
    await steps.until('the second message', ({ items }) => items.length === 3);

    expect(await cancel(left.url, id, auth)).toBe('CANCELLED');
    await steps.ended();
    const alive = async (): Promise<Record<string, boolean>> => {
      const { serverProcesses } = await data(left.url, '{ serverProcesses { nodes { name isAlive } } }', {}, auth);
      return Object.fromEntries(
        serverProcesses.nodes.map(({ name, isAlive }: { name: string; isAlive: boolean }) => [pidIn(name), isAlive]),
      );
    };
    expect(await eventually('the killed process to count as dead', alive, (all) => !all[before!])).toEqual({
      [before!]: false,
      [left.process.child.pid!]: true,
    });
    expect(steps.items.map(({ message }) => message)).toEqual(['Waits in sre-toolbox', 'before', 'after', 'Cancelled by admin']);
    await steps.stop();
  },
);
