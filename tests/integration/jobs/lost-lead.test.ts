import { expect, test } from 'vitest';
import { sql } from '#core/database/sql.js';
import { Leadership } from '#core/jobs/leadership.js';
import { publishTelemetry, type Publishing } from '#domains/jobs/telemetry/publish-telemetry.js';
import { signIn } from '../../support/client.js';
import { enqueue, eventually, startProbeApp } from '../../support/probe.js';

// Without Redis: nobody leads here but the tests.
const app = await startProbeApp({ ROLE: 'api' });
const auth = await signIn(app.url);

test('a process that, as the database says, does not lead any more publishes no second page', async () => {
  await enqueue(app.url, 'probe.print', { lines: 1 }, auth);
  const sent: string[] = [];
  const connection = { isConnected: true, publish: async (_channel: string, text: string) => void sent.push(text) };
  const publishing = {
    system: app.system,
    connection,
    term: { signal: new AbortController().signal, holds: sql`false` },
    takenIn: new Set<string>(),
    onConnected: () => {},
  } as unknown as Publishing;

  await expect(publishTelemetry(publishing)).rejects.toThrow('another process leads by now');

  expect(sent).toHaveLength(1);
});

test('the term of a leader that fails is over for all that belongs to it', async () => {
  const signals: AbortSignal[] = [];
  const leadership = new Leadership(app.databaseUrl, 'telemetry', app.system.log, async ({ signal }) => {
    signals.push(signal);
    throw new Error('the lead is lost');
  });
  leadership.start();

  await eventually(
    'the end of the term',
    () => signals[0]?.aborted,
    (isOver) => isOver === true,
  );
  await leadership.stop();
});
