import { checkPages } from './check-pages.ts';
import { pagesOf, type History, type Item } from './history.ts';

/** Whether somebody who followed one job saw exactly its rows, from where they began to the end, in order, and then that it has ended. */
export function checkFollowed(history: History, rows: readonly Item[], status: string): string[] {
  const pages = pagesOf(history);
  const seen = pages.flatMap(({ items }) => items);
  const start = startOf(history);
  return [
    ...checkPages(history),
    ...checkBeginning(history, start),
    ...checkOrder(seen, start, rows.length),
    ...checkContents(seen, rows),
    ...checkAttempts(seen),
    ...checkEnd(history, rows.length, status),
  ].map((problem) => `${history.name}: ${problem}`);
}

// In the stream of one job a cursor counts items, and everybody who sees the job sees all of them.
function startOf(history: History): number {
  if (typeof history.start === 'object' && 'after' in history.start) return history.start.after;
  const [first] = pagesOf(history);
  return first ? first.position - first.items.length : 0;
}

function checkBeginning({ start, connections }: History, position: number): string[] {
  if (typeof start !== 'object' || !('last' in start) || position === 0) return [];
  const pages = connections[0] ?? [];
  const isCaughtUp = pages.findIndex(({ state }) => state !== 'REPLAYING');
  if (isCaughtUp < 0) return [];
  const count = pages.slice(0, isCaughtUp + 1).reduce((sum, { items }) => sum + items.length, 0);
  return count < start.last ? [`asked for the last ${start.last}, and got ${count} although there were more`] : [];
}

/** Whether places follow one another without a gap from a start to a total. */
export function checkOrder(seen: readonly Pick<Item, 'seq'>[], start: number, total: number): string[] {
  const problems: string[] = [];
  const known = new Set<number>();
  let last = start;
  for (const { seq } of seen) {
    if (known.has(seq)) problems.push(`${seq} came twice`);
    else if (seq <= last) problems.push(`${seq} came after ${last}`);
    else if (seq > last + 1) problems.push(`${last + 1} to ${seq - 1} are missing before ${seq}`);
    known.add(seq);
    last = Math.max(last, seq);
  }
  if (last < total) problems.push(`${last + 1} to ${total} never came`);
  return problems;
}

function checkContents(seen: readonly Item[], rows: readonly Item[]): string[] {
  return seen.flatMap(({ seq, attempt, what }) => {
    const row = rows[seq - 1];
    if (!row) return [`${seq} is not in the database`];
    return row.attempt === attempt && row.what === what
      ? []
      : [`${seq} is "${attempt} ${what}" and in the database "${row.attempt} ${row.what}"`];
  });
}

function checkAttempts(seen: readonly Item[]): string[] {
  return seen
    .slice(1)
    .flatMap(({ seq, attempt }, i) =>
      attempt < seen[i]!.attempt ? [`${seq} is of attempt ${attempt} and comes after attempt ${seen[i]!.attempt}`] : [],
    );
}

function checkEnd(history: History, total: number, status: string): string[] {
  const last = pagesOf(history).at(-1);
  if (last?.state !== 'ENDED') return ['it never ended'];
  return last.total === total && last.reason === status
    ? []
    : [`its end says ${last.total} items and ${last.reason}, and there are ${total} and ${status}`];
}
