import type { Answer, Outlet } from '#core/feed/outlet.js';
import type { Reader } from './read/reader.js';

/** How the live pages of one subscription reach its client without passing through its own execution. */
export interface LiveDelivery {
  readonly outlet: Outlet;
  /** What was asked, but for where the feed begins: with the same document, the same text gets the same answer. */
  readonly asked: string;
  /** The answer of a page, seen through that reader whatever the subscription itself reads meanwhile. */
  answer(page: object, reader: Reader): Promise<Answer>;
}
