import { declareEnum, type ValueOf } from '#core/database/declare/declaration.js';

/** Where a feed stands when it sends a page. */
export const FeedState = declareEnum('FeedState', 'Where a feed stands when it sends a page', {
  REPLAYING: 'These items were there before the subscription; more of them follow',
  LIVE: 'The feed has caught up; an empty page is a heartbeat',
  ENDED: 'The subject is over and complete: nothing follows, and `total` counts its items',
  RESET: 'The cursor is older than what is kept: `lost` names the range that is gone, and the feed goes on after it',
});
export type FeedState = ValueOf<typeof FeedState>;

/** One message of a feed: items of one stream in order, and the cursor to resume after them. */
export interface Page<Item = object> {
  items: Item[];
  cursor: string;
  state: FeedState;
  at: Date;
  total: number | null;
  reason: string | null;
  lost: { from: string; to: string } | null;
}
