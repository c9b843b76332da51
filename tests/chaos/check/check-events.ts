import { checkPages } from './check-pages.ts';
import { pagesOf, type History } from './history.ts';

/** An event of any job, as a subscriber of all of them sees it: its id, and what else is compared, as one text. */
export interface SeenEvent {
  id: string;
}

/** Whether a subscriber of the events of all jobs saw exactly those that it had to, in their order. */
export function checkEvents(history: History<SeenEvent>, expected: readonly string[]): string[] {
  const seen = pagesOf(history).flatMap(({ items }) => items.map(({ id }) => id));
  return [...checkPages(history), ...compare(seen, expected)].map((problem) => `${history.name}: ${problem}`);
}

function compare(seen: readonly string[], expected: readonly string[]): string[] {
  const place = new Map(expected.map((id, i) => [id, i]));
  const problems: string[] = [];
  const known = new Set<string>();
  let last = -1;
  for (const id of seen) {
    const at = place.get(id);
    if (at === undefined) problems.push(`event ${id} was not to be seen`);
    else if (known.has(id)) problems.push(`event ${id} came twice`);
    else if (at < last) problems.push(`event ${id} came after ${expected[last]}, and stands before it`);
    known.add(id);
    last = Math.max(last, at ?? -1);
  }
  for (const id of expected) if (!known.has(id)) problems.push(`event ${id} never came`);
  return problems;
}
