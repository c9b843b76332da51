import { Client } from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { newId } from '#core/database/id.js';
import { signIn } from '../../support/client.js';
import { followFeed } from '../../support/feed.js';
import { enqueue, eventually, openSql, startProbeApp } from '../../support/probe.js';

// Nobody runs jobs here, so that their events are those of the test.
const app = await startProbeApp({ ROLE: 'api' });
const sql = await openSql(app.databaseUrl);
const auth = await signIn(app.url);

/** A transaction that has written an event of a job of its own, and is still open. */
async function anOpenWrite(name: string): Promise<{ commit(): Promise<void>; rollback(): Promise<void> }> {
  const { id } = await enqueue(app.url, 'probe.print', { lines: 1 }, auth);
  const client = new Client({ connectionString: app.databaseUrl });
  await client.connect();
  onTestFinished(() => client.end());
  await client.query('begin');
  await client.query(
    `with bumped as (update streams set seq = seq + 1 where name = 'job_events:' || $2 returning seq)
     insert into job_events (id, job_id, seq, attempt, status, message, created_at)
     select $1, $2::uuid, seq, 0, 'QUEUED', $3, clock_timestamp() from bumped`,
    [newId(21), id, name],
  );
  const ending = (how: string) => async (): Promise<void> => {
    await client.query(how);
    // Whoever commits through the product does both.
    await app.system.sequencer.run();
    app.system.bell.ring('*');
  };
  return { commit: ending('commit'), rollback: ending('rollback') };
}

test('events whose transactions commit in the reverse order of their beginning all reach those who follow, in the order of the commits', async () => {
  const { cursor } = await enqueue(app.url, 'probe.print', { lines: 1 }, auth);
  const names = ['one', 'two', 'three', 'four', 'five', 'six'];
  const writes = new Map<string, Awaited<ReturnType<typeof anOpenWrite>>>();
  for (const name of names) writes.set(name, await anOpenWrite(name));
  const live = followFeed(app.url, 'jobEvents', null, auth, { after: cursor });
  await live.until('the beginning of each job', ({ items }) => items.length === 1 + names.length);

  const seen: string[] = [];
  for (const name of names.toReversed()) {
    if (name === 'three') await writes.get(name)!.rollback();
    else await writes.get(name)!.commit();
    if (name !== 'three') seen.push(name);
    // Each reaches the feed before the next is committed, so that the feed's cursor is behind it.
    await live.until(`"${seen.at(-1)}"`, ({ items }) => items.length === 1 + names.length + seen.length);
  }

  const rows = await eventually(
    'all to have a place',
    () => sql('select id, seq, message, position from job_events order by position'),
    (found) => found.every(({ position }) => position !== null),
  );
  const written = rows.filter(({ message }) => names.includes(message)).map(({ message }) => message as string);
  expect(written).toEqual(['six', 'five', 'four', 'two', 'one']);
  const ends = await sql('select job_id, seq from job_events where message = any($1) order by position', [names]);
  expect(live.items.slice(1 + names.length).map(({ job, seq }) => [job.id, seq])).toEqual(ends.map((end) => [end.job_id, Number(end.seq)]));
  const replayed = followFeed(app.url, 'jobEvents', null, auth, { after: cursor });
  await replayed.until('all of them', ({ items }) => items.length === live.items.length);
  expect(replayed.items).toEqual(live.items);
  await Promise.all([live.stop(), replayed.stop()]);
});
