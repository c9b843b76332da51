import { GraphQLObjectType, GraphQLSchema, GraphQLString, parse } from 'graphql';
import { expect, test } from 'vitest';
import { TestOutlet } from '../../../../tests/support/outlet.js';
import { createLogger } from '#core/log/logger.js';
import type { GraphContext } from '../context.js';
import type { Reader } from '../read/reader.js';
import { Executor } from './executor.js';

const readerOf = (name: string): Reader => ({ name }) as unknown as Reader;
const nothing = async function* () {};
const Page = new GraphQLObjectType<unknown, GraphContext>({
  name: 'Page',
  fields: { seenBy: { type: GraphQLString, resolve: (_page, _args, { reader }) => (reader as unknown as { name: string }).name } },
});
const schema = new GraphQLSchema({
  query: new GraphQLObjectType({ name: 'Query', fields: { nothing: { type: GraphQLString } } }),
  subscription: new GraphQLObjectType({
    name: 'Subscription',
    fields: { pages: { type: Page, subscribe: nothing, resolve: (page) => page as object } },
  }),
});

test('a page that several get is seen through the reader that read it, whatever the one who founded the group reads meanwhile', async () => {
  const executor = new Executor(schema, { mostCost: 100, showsStatements: false, log: createLogger('silent') });
  const context = { reader: readerOf('the founder before'), live: null, work: { statements: 0 } } as unknown as GraphContext;
  await executor.subscribe({ document: parse('subscription { pages { seenBy } }'), context }, new TestOutlet());

  const answering = context.live!.answer({}, readerOf('the group'));
  context.reader = readerOf('the founder afterwards');

  expect(JSON.parse((await answering).text)).toEqual({ data: { pages: { seenBy: 'the group' } } });
  expect(context.reader).toEqual(readerOf('the founder afterwards'));
});
