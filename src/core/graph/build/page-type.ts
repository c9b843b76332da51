import { Extensions, Field, ObjectType } from 'type-graphql';
import type { EntityClass } from '#core/database/declare/declaration.js';
import { FeedState } from '#core/feed/page.js';
import { DateTime, SafeInt } from '../scalars.js';
import { enumType } from './enum-types.js';

/** The range of a stream that is no longer kept. */
@ObjectType({ description: 'The range of a stream that is no longer kept', simpleResolvers: true })
class LostRange {
  @Field(() => String, { description: 'The cursor that was given' })
  from!: string;

  @Field(() => String, { description: 'Cursor of the last item that is gone' })
  to!: string;
}

/** The page type of a feed. */
export function pageType(feedName: string, item: EntityClass): new () => object {
  const name = `${feedName[0]!.toUpperCase()}${feedName.slice(1)}Page`;
  const state = enumType(FeedState);
  const Page = class {};
  Field(() => [item as never], { description: 'New items, in order; empty on a heartbeat' })(Page.prototype, 'items');
  // A page has at most as many as it has; most have few.
  Extensions({ size: 10 })(Page.prototype, 'items');
  Field(() => String, { description: 'Pass it as `after` to resume behind this page' })(Page.prototype, 'cursor');
  Field(() => state as never, { description: 'Where the feed stands' })(Page.prototype, 'state');
  Field(() => DateTime, { description: 'Time of the page, by the clock of the server' })(Page.prototype, 'at');
  Field(() => SafeInt, { nullable: true, description: 'How many items the stream has in all; set when it has ended' })(
    Page.prototype,
    'total',
  );
  Field(() => String, { nullable: true, description: 'Why the feed has ended' })(Page.prototype, 'reason');
  Field(() => LostRange, { nullable: true, description: 'What is gone; set when the state is RESET' })(Page.prototype, 'lost');
  ObjectType(name, { description: `One message of the feed ${feedName}`, simpleResolvers: true })(Page);
  return Page;
}
