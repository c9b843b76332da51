import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GraphQLObjectType, GraphQLSchema, GraphQLString } from 'graphql';
import { expect, onTestFinished, test } from 'vitest';
import { anonymous } from '#core/policy/actor.js';
import type { GraphContext } from '#core/graph/context.js';
import type { Executor } from '#core/graph/execute/executor.js';
import { Answer, type Outlet } from '#core/feed/outlet.js';
import { createLogger } from '#core/log/logger.js';
import { Documents } from './documents.js';
import { TrustedDocuments } from './trusted-documents.js';
import type { Connections } from './connections.js';
import { GraphqlEvents } from './graphql-events.js';

const type = { type: GraphQLString };
const schema = new GraphQLSchema({
  query: new GraphQLObjectType({ name: 'Query', fields: { word: type } }),
  subscription: new GraphQLObjectType({ name: 'Subscription', fields: { words: type } }),
});
const documents = new Documents(schema, { mostDepth: 10, mostAliases: 10 });

/** A subscription whose pages are the test's to give, and its open stream. */
async function aStream() {
  const began = Promise.withResolvers<{ outlet: Outlet; response: ServerResponse }>();
  const ended = Promise.withResolvers<void>();
  let response: ServerResponse;
  const executor = {
    schema,
    async subscribe(_request: unknown, outlet: Outlet) {
      return (async function* () {
        began.resolve({ outlet, response });
        await ended.promise;
        yield { data: { words: 'the last page' } };
      })();
    },
  } as unknown as Executor;
  const connections = { fromAddress: () => () => {}, ofUser: () => () => {} } as unknown as Connections;
  const trusted = new TrustedDocuments({ manifest: new Map(), isRequired: false, superusersSendAny: () => false });
  const events = new GraphqlEvents({ executor, documents, log: createLogger('silent'), mostBytes: 1_000, connections, trusted });
  const server = createServer((request, answer) => {
    response = answer;
    void events.answer(request, answer, async () => ({ actor: anonymous, sourceIp: null }) as GraphContext);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/?query=${encodeURIComponent('subscription { words }')}`;
  const answer = await fetch(url, { headers: { accept: 'text/event-stream' } });
  return { events, answer, end: ended.resolve, ...(await began.promise) };
}

test('nothing is written to a stream that was ended because the server stops', async () => {
  const { events, answer, outlet, response, end } = await aStream();
  const errors: unknown[] = [];
  response.on('error', (error) => errors.push(error));
  outlet.send(new Answer('{"data":{"words":"before"}}'));

  events.stop();
  outlet.send(new Answer('{"data":{"words":"after"}}'));
  end();

  expect(await answer.text()).toBe(':\n\nevent: next\ndata: {"data":{"words":"before"}}\n\n');
  await new Promise((resolve) => setImmediate(resolve));
  expect([events.open, errors]).toEqual([0, []]);
});
