import { pagesOf, type History, type SeenPage } from './history.ts';

const followers: Record<string, readonly string[]> = {
  '': ['REPLAYING', 'LIVE', 'ENDED'],
  REPLAYING: ['REPLAYING', 'LIVE', 'ENDED'],
  LIVE: ['LIVE', 'ENDED'],
  ENDED: [],
};

/** Whether the pages of a subscriber are legal by themselves: their states, and cursors that never go back. */
export function checkPages<Seen>(history: History<Seen>): string[] {
  return [...history.connections.flatMap(statesOf), ...cursorsOf(pagesOf(history)), ...endsOf(history)];
}

// Nothing is ever removed from a stream here, so that RESET has no reason.
function statesOf<Seen>(pages: readonly SeenPage<Seen>[]): string[] {
  const states = ['', ...pages.map(({ state }) => state)];
  return states.slice(1).flatMap((state, i) => {
    const before = states[i]!;
    return followers[before]?.includes(state) ? [] : [`page ${i + 1} of a connection is ${state} after ${before || 'nothing'}`];
  });
}

function cursorsOf<Seen>(pages: readonly SeenPage<Seen>[]): string[] {
  return pages.slice(1).flatMap(({ position, items }, i) => {
    const before = pages[i]!.position;
    if (position < before) return [`the cursor goes back from ${before} to ${position}`];
    return position === before && items.length > 0 ? [`a page with items has the cursor ${position} of the page before`] : [];
  });
}

function endsOf<Seen>({ connections }: History<Seen>): string[] {
  const ended = connections.findIndex((pages) => pages.at(-1)?.state === 'ENDED');
  return ended >= 0 && ended < connections.length - 1 ? ['pages come after the end'] : [];
}
