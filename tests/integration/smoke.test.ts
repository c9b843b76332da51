import { expect, test } from 'vitest';
import { startTestApp } from '../support/app.js';
import { data, signIn, upload } from '../support/client.js';
import { followFeed } from '../support/feed.js';

const app = await startTestApp();

test('a signed-in user runs a job on an upload and follows it to its end', async () => {
  const auth = await signIn(app.url);
  const file = await upload(app.url, '2026-11-21T04:00:00Z ERROR it broke\n', 'a.log', auth);

  const { enqueueJob } = await data(
    app.url,
    'mutation($input: EnqueueJobInput!) { enqueueJob(input: $input) { cursor job { id } } }',
    { input: { name: 'loglens.analyze', parameters: { file } } },
    auth,
  );
  const feed = await followFeed(app.url, 'jobLogs', enqueueJob.job.id, auth, { after: enqueueJob.cursor }).ended();

  expect(feed.pages.at(-1)).toMatchObject({ state: 'ENDED', reason: 'SUCCEEDED', total: feed.items.length });
  expect(feed.items.map(({ seq }) => seq)).toEqual(feed.items.map((_, i) => i + 1));
  await feed.stop();
});
