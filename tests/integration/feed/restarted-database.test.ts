import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { DatabaseStop } from '../../chaos/stage/database-server.ts';
import { DatabaseServer } from '../../chaos/stage/database-server.ts';
import { freePorts } from '../../chaos/stage/free-ports.ts';
import { signIn } from '../../support/client.js';
import { followFeed } from '../../support/feed.js';
import { enqueue, startProbeApp } from '../../support/probe.js';

const folder = await mkdtemp(join(tmpdir(), 'signalbox-restarted-'));
const database = await DatabaseServer.create(folder, (await freePorts(1))[0]!);
// The last to be called: what is stopped before still uses the database.
afterAll(async () => {
  await database.stop('immediate');
  await rm(folder, { recursive: true, force: true });
});
const app = await startProbeApp({ DATABASE_URL: database.url });
const auth = await signIn(app.url);

const printed = (count: number): string[] => Array.from({ length: count }, (_, i) => `out ${i + 1}`);

test.each<DatabaseStop>(['fast', 'immediate', 'killed'])(
  'when PostgreSQL is restarted (%s) under open feeds, they go on over the same sockets, and nothing is missing',
  async (how) => {
    const job = await enqueue(app.url, 'probe.print', { lines: 120, delayMs: 20 }, auth);
    const lines = followFeed(app.url, 'jobLogs', job.id, auth, { after: job.cursor });
    const steps = followFeed(app.url, 'jobProgress', job.id, auth, { after: job.cursor });
    const events = followFeed(app.url, 'jobEvents', null, auth, { after: job.cursor });
    await lines.until('some lines', ({ items }) => items.length >= 30);

    await database.restart(how, 300);
    const last = await enqueue(app.url, 'probe.print', { lines: 1 }, auth);

    await Promise.all([lines.ended(60_000), steps.ended(60_000)]);
    await events.until(
      'the other job',
      ({ items }) => items.some(({ job: { id }, status }) => id === last.id && status === 'SUCCEEDED'),
      60_000,
    );
    for (const feed of [lines, steps, events])
      expect([feed.errors, feed.pages.map(({ state }) => state).includes('RESET')]).toEqual([null, false]);
    expect(events.closed).toBeNull();
    for (const feed of [lines, steps]) expect(feed.items.map(({ seq }) => seq)).toEqual(feed.items.map((_, i) => i + 1));
    expect(lines.pages.at(-1)).toMatchObject({ state: 'ENDED', reason: 'SUCCEEDED', total: lines.items.length });
    const attempts = [...new Set(lines.items.map(({ attempt }) => attempt as number))];
    for (const attempt of attempts) {
      const texts = lines.items.filter((line) => line.attempt === attempt && line.stream === 'STDOUT').map(({ text }) => text as string);
      expect(texts).toEqual(printed(attempt === attempts.at(-1) ? 120 : texts.length));
    }
    await Promise.all([lines, steps, events].map((feed) => feed.stop()));
  },
  120_000,
);
