import { expect, test } from 'vitest';
import { HostAnswers } from './host-answers.js';

const request = JSON.stringify({ method: 'GET', url: 'https://example.com/', headers: {}, body: null });

/** Answers for code that takes no answer before it is told to. */
function lazy() {
  let fetches = 0;
  const waiting: { answer: string; take: () => void }[] = [];
  const answers = new HostAnswers({
    readSecret: async () => null,
    fetch: async () => {
      fetches += 1;
      return { status: 200, headers: {}, body: new Uint8Array() };
    },
  });
  const reply = (answer: string) => new Promise<void>((take) => waiting.push({ answer, take }));
  return { waiting, fetches: () => fetches, ask: () => answers.answer('fetch', request, reply) };
}

test('no more is fetched than has been taken, but a few', async () => {
  const { ask, waiting, fetches } = lazy();
  const asked = Array.from({ length: 20 }, ask);
  await expect.poll(() => waiting.length).toBe(8);
  expect(fetches()).toBe(8);

  for (let taken = 0; taken < 20; taken += 1) {
    await expect.poll(() => waiting.length).toBeGreaterThan(taken);
    waiting[taken]!.take();
  }

  await Promise.all(asked);
  expect(fetches()).toBe(20);
});

test('who asks very much without taking an answer is told so, and at last gets none', async () => {
  const { ask, waiting, fetches } = lazy();

  for (let n = 0; n < 5_000; n += 1) void ask();

  await expect.poll(() => waiting.length).toBe(1_008);
  expect(fetches()).toBe(8);
  expect(waiting.filter(({ answer }) => answer.includes('The run asks for too much'))).toHaveLength(1_000);
});
