import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buildSchema } from 'graphql';
import { createHandler } from 'graphql-sse/lib/use/http';
import { expect, onTestFinished, test } from 'vitest';
import { streamTransport } from './stream-transport.ts';

/** Subscribes at a server; resolves when the subscription is over. */
async function subscribe(answer: RequestListener): Promise<{ seen: unknown[]; end: { why: string } }> {
  const server = createServer(answer);
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const seen: unknown[] = [];
  return new Promise((resolve) => {
    streamTransport(
      { url, token: 'token', query: 'subscription ($to: Int!) { count(to: $to) }', variables: { to: 200 } },
      { next: ({ data }) => void seen.push(data!.count), over: (end) => resolve({ seen, end }) },
    );
  });
}

test('every answer of a server that speaks the protocol arrives in order, and then the end', async () => {
  const schema = buildSchema('type Query { one: Int } type Subscription { count(to: Int!): Int! }');
  schema.getSubscriptionType()!.getFields().count!.subscribe = async function* (_root: unknown, { to }: { to: number }) {
    for (let count = 1; count <= to; count++) yield { count };
  };
  const speak = createHandler({ schema });

  const { seen, end } = await subscribe((request, response) => void speak(request, response));

  expect(seen).toEqual(Array.from({ length: 200 }, (_, i) => i + 1));
  expect(end).toEqual({ why: 'completed' });
}, 10_000);

test('a refusal is told with its errors', async () => {
  const errors = [{ message: 'no', extensions: { code: 'UNAUTHENTICATED' } }];

  const { seen, end } = await subscribe(
    (_request, response) => void response.writeHead(401, { 'content-type': 'application/json' }).end(JSON.stringify({ errors })),
  );

  expect([seen, end]).toEqual([[], { errors, why: 'refused with 401' }]);
}, 10_000);

test('an answer that comes in pieces is one answer, and a connection that breaks is over without an end', async () => {
  const { seen, end } = await subscribe((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(':\n\nevent: next\ndata: {"data":{"cou');
    setTimeout(() => response.write('nt":7}}\n\n', () => response.destroy()), 50);
  });

  expect(seen).toEqual([7]);
  expect(end.why).not.toBe('completed');
}, 10_000);
