/** One item as a subscriber saw it, or as the database has it: its place, its attempt, and the rest of it as a text. */
export interface Item {
  seq: number;
  attempt: number;
  what: string;
}

/** A page as a subscriber saw it; `position` is what its cursor says. */
export interface SeenPage<Seen = Item> {
  state: string;
  position: number;
  items: Seen[];
  total: number | null;
  reason: string | null;
}

/** Where a subscriber began: behind a position, with some of the newest items, or now. */
export type Start = { after: number } | { last: number } | 'now';

/** What one subscriber saw: an entry for each connection on which a page came. */
export interface History<Seen = Item> {
  name: string;
  start: Start;
  connections: SeenPage<Seen>[][];
}

/** All pages of a history. */
export const pagesOf = <Seen>({ connections }: History<Seen>): SeenPage<Seen>[] => connections.flat();
