import { expect, test } from 'vitest';
import { TestOutlet } from '../../../tests/support/outlet.js';
import { FeedGroup, type PlacedPage } from './feed-group.js';
import { Answer } from './outlet.js';
import type { Page } from './page.js';

const page = (items: number[], state: Page['state'] = 'LIVE'): Page<number> => ({
  items,
  cursor: '',
  state,
  at: new Date(),
  total: null,
  reason: null,
  lost: null,
});

/** A group whose pages the test gives one by one. */
function aGroup() {
  const given: PlacedPage<number>[] = [];
  const failures: unknown[] = [];
  let [wake, ended, read] = [() => {}, 0, 0];
  const group = new FeedGroup<number>({
    rights: 'rights',
    after: 0,
    async *pages(signal) {
      signal.addEventListener('abort', () => wake());
      for (;;) {
        while (given.length === 0 && !signal.aborted) await new Promise<void>((resolve) => (wake = resolve));
        if (signal.aborted) return;
        read += 1;
        yield given.shift()!;
      }
    },
    answer: async ({ items }) => new Answer(items.join()),
    onPage: () => {},
    onFailure: (error) => failures.push(error),
    onEnd: () => (ended += 1),
  });
  const give = async (from: number, to: number, state?: Page['state']): Promise<void> => {
    given.push({
      page: page(
        Array.from({ length: to - from }, (_, i) => from + i + 1),
        state,
      ),
      from,
      to,
    });
    wake();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { group, give, ended: () => ended, read: () => read };
}
const texts = ({ sent }: TestOutlet): string[] => sent.map(({ text }) => text);
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('a page that continues what live members have goes to each of them as the very same answer', async () => {
  const { group, give } = aGroup();
  const outlets = [new TestOutlet(), new TestOutlet()];
  for (const outlet of outlets) void group.join(outlet, 0).live();

  await give(0, 2);
  await give(2, 3);

  expect(outlets.map(texts)).toEqual([
    ['1,2', '3'],
    ['1,2', '3'],
  ]);
  expect(outlets[0]!.sent[0]).toBe(outlets[1]!.sent[0]);
  expect(group.position).toBe(3);
});

test('a page that does not continue what a member has waits for whoever looks after the member, and so does the end', async () => {
  const { group, give } = aGroup();
  const [gap, end] = [new TestOutlet(), new TestOutlet()];
  const [late, ending] = [group.join(gap, 0), group.join(end, 2)];
  const woken = [late.live(), ending.live()];

  await give(2, 3);
  await woken[0];
  await give(3, 3, 'ENDED');
  await woken[1];

  expect([texts(gap), texts(end)]).toEqual([[], ['3']]);
  expect([late.next(), late.next(), late.next()].map((each) => each && [each.from, each.to, each.page.state])).toEqual([
    [2, 3, 'LIVE'],
    [3, 3, 'ENDED'],
    undefined,
  ]);
  expect(ending.next()?.page.state).toBe('ENDED');
});

test('what a member has read by itself meanwhile does not come again, but a heartbeat does', async () => {
  const { group, give } = aGroup();
  void group.join(new TestOutlet(), 0).live();
  const member = group.join(new TestOutlet(), 0);
  await give(0, 1);
  await give(1, 2);
  await give(2, 2);
  member.position = 2;

  expect([member.next(), member.next()].map((each) => each && [each.from, each.to])).toEqual([[2, 2], undefined]);
});

test('while the only member cannot take anything no page is read; when it can, they are', async () => {
  const { group, give, read } = aGroup();
  const outlet = new TestOutlet();
  const member = group.join(outlet, 0);
  void member.live();
  outlet.isFull = true;
  await give(0, 1);
  await give(1, 2);

  expect([texts(outlet), read()]).toEqual([[], 1]);

  outlet.drain();
  expect(member.next()?.to).toBe(1);
  member.position = 1;
  void member.live();
  await turn();
  expect([texts(outlet), read()]).toEqual([['2'], 2]);
});

test('of those that wait for a slow member only the newest four are kept, while others go on', async () => {
  const { group, give } = aGroup();
  const [slow, quick] = [new TestOutlet(), new TestOutlet()];
  slow.isFull = true;
  const member = group.join(slow, 0);
  void group.join(quick, 0).live();
  for (let i = 0; i < 10; i++) await give(i, i + 1);

  expect(texts(quick)).toHaveLength(10);
  expect(Array.from({ length: 5 }, () => member.next()?.to)).toEqual([7, 8, 9, 10, undefined]);
});

test('a group ends with its last member', async () => {
  const { group, give, ended } = aGroup();
  const members = [group.join(new TestOutlet(), 0), group.join(new TestOutlet(), 0)];
  members[0]!.leave();
  await give(0, 1);
  expect(ended()).toBe(0);

  members[1]!.leave();
  await turn();

  expect(ended()).toBeGreaterThan(0);
});
