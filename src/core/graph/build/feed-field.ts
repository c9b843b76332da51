import { ID, Int } from 'type-graphql';
import { declarationOf } from '#core/database/declare/registry.js';
import { leavable } from '#core/feed/leavable.js';
import type { Page } from '#core/feed/page.js';
import type { FeedDeclaration } from '../feed.js';
import type { Row } from '../read/row.js';
import { FeedFollower } from './feed-follower.js';
import { mostLast, type FeedArgs } from './feed-source.js';
import { addSubscription, type GeneratedArg } from './generated-field.js';
import { filterInputOf } from './filter-inputs.js';
import { pageType } from './page-type.js';

/** Adds the subscription of a feed. */
export function buildFeedField(owner: new () => object, declaration: FeedDeclaration): void {
  const { name, description, item, subject } = declaration;
  const Page = pageType(name, item);
  const filter = subject ? null : filterInputOf(item);
  const args: GeneratedArg[] = [
    {
      name: 'after',
      type: () => String,
      description: 'Cursor after which to start (exclusive); without after and last the feed starts now',
    },
    { name: 'last', type: () => Int, description: `Start with this many of the newest items, at most ${mostLast}` },
  ];
  if (subject)
    args.unshift({
      name: subject.arg,
      type: () => ID,
      nullable: false,
      description: `Id of the ${declarationOf(subject.of).name} to follow`,
    });
  if (filter) args.push({ name: 'filter', type: () => filter, description: 'Which items' });
  addSubscription(owner, {
    name,
    type: () => Page,
    description,
    args,
    resolve: (_root, given: FeedArgs, context, info) =>
      leavable(context.signal, (signal) => pages(new FeedFollower(declaration, given, context, info), signal)),
  });
}

async function* pages(follower: FeedFollower, signal: AbortSignal): AsyncGenerator<Page<Row>> {
  const { meter } = follower;
  meter.subscribers += 1;
  try {
    for await (const page of follower.pages(signal)) {
      meter.sent(page.items.length);
      yield page;
    }
  } finally {
    meter.subscribers -= 1;
  }
}
