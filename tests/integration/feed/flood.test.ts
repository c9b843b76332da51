import { expect, test } from 'vitest';
import { signIn } from '../../support/client.js';
import { followFeed, type TestFeed } from '../../support/feed.js';
import { enqueue, startProbeApp } from '../../support/probe.js';

const app = await startProbeApp();
const auth = await signIn(app.url);
const total = 100_000;

const expectWhole = ({ items, pages, errors }: TestFeed): void => {
  expect(errors).toBeNull();
  expect(items).toHaveLength(total);
  // One comparison of texts, because a hundred thousand of their own take a minute.
  expect(items.map(({ seq, text }) => `${seq} ${text}`).join('\n')).toBe(
    Array.from({ length: total }, (_, i) => `${i + 1} line ${i + 1}`).join('\n'),
  );
  expect(pages.at(-1)).toMatchObject({ state: 'ENDED', reason: 'SUCCEEDED', total });
};

test('a hundred thousand lines of one run reach who follows it and who comes too late, complete and in order', async () => {
  const job = await enqueue(app.url, 'probe.flood', { lines: total }, auth);
  const tail = await followFeed(app.url, 'jobLogs', job.id, auth, { after: job.cursor }).ended(150_000);
  const late = await followFeed(app.url, 'jobLogs', job.id, auth, { after: job.cursor }).ended(60_000);

  expectWhole(tail);
  expectWhole(late);
  expect(late.pages).toHaveLength(Math.ceil(total / 500));
  await Promise.all([tail.stop(), late.stop()]);
}, 240_000);
