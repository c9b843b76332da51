import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ExecutionArgs, ExecutionResult } from 'graphql';
import { createHandler, type Handler } from 'graphql-sse';
import { AppError } from '#core/errors/app-error.js';
import { badInput } from '#core/errors/bad-input.js';
import type { GraphContext } from '#core/graph/context.js';
import type { Executor } from '#core/graph/execute/executor.js';
import type { Logger } from '#core/log/logger.js';
import { asGraphqlError } from './as-graphql-error.js';
import type { Connections } from './connections.js';
import { ofLanguage, type Documents } from './documents.js';
import { EventOutlet } from './event-outlet.js';
import { namedInUrl } from './named-in-url.js';
import { parseJson } from './parse-json.js';
import { readBody } from './read-body.js';

import type { TrustedDocuments } from './trusted-documents.js';

/** What answering by server-sent events needs. */
export interface EventsOptions {
  executor: Executor;
  documents: Documents;
  log: Logger;
  mostBytes: number;
  connections: Connections;
  trusted: TrustedDocuments;
}

/** Of one request: who asks, and where the answer goes. */
interface Asking {
  readonly context: GraphContext;
  readonly outlet: EventOutlet;
}

type Asked = ExecutionArgs & { outlet: EventOutlet };
type Pages = AsyncGenerator<ExecutionResult, void, void>;

/** Answers operations by server-sent events, in the distinct connections mode of the GraphQL over SSE protocol (graphql-sse). */
export class GraphqlEvents {
  readonly #handle: Handler<Asking, undefined>;
  readonly #open = new Set<EventOutlet>();

  constructor(readonly options: EventsOptions) {
    const { executor, documents } = options;
    const { schema } = executor;
    this.#handle = createHandler<Asking>({
      // One stream for each operation: one for several would live in the memory of one process.
      authenticate: () => null,
      // Documents are validated when they are parsed, once.
      validate: () => [],
      onSubscribe: ({ raw: { context, outlet } }, { query, variables, operationName }) => {
        const document = documents.get(query);
        if (!('kind' in document)) return { data: null, errors: document };
        return {
          schema,
          document,
          variableValues: variables as Record<string, unknown> | undefined,
          operationName: operationName ?? null,
          contextValue: context,
          outlet,
        } as never;
      },
      execute: (args) => executor.execute(requestOf(args as ExecutionArgs)),
      subscribe: ((args: Asked) => this.#subscribe(args)) as never,
      onNext: (_context, _request, { data = null, errors, ...rest }) =>
        ({ data, ...(errors && { errors: errors.map((error) => this.#shown(error)) }), ...rest }) as never,
    });
  }

  /** How many streams are open. */
  get open(): number {
    return this.#open.size;
  }

  /** Bytes that wait to be sent, over all streams. */
  get bufferedBytes(): number {
    let bytes = 0;
    for (const { response } of this.#open) bytes += response.writableLength;
    return bytes;
  }

  /** Answers one request. */
  async answer(request: IncomingMessage, response: ServerResponse, makeContext: () => Promise<GraphContext>): Promise<void> {
    if (!request.headers.accept?.includes('text/event-stream'))
      throw badInput('This address answers with server-sent events: send the header "accept: text/event-stream"');
    const body =
      request.method === 'POST' ? parseJson(await readBody(request, this.options.mostBytes), request.headers['content-type'] ?? '') : null;
    const outlet = new EventOutlet(response);
    const context = await makeContext();
    const { connections, trusted } = this.options;
    response.once('close', connections.fromAddress(context.sourceIp));
    response.once('close', connections.ofUser(context.actor.id));
    const [path = '', search = ''] = request.url!.split(/(?=\?)/s);
    const [stream, { status, headers }] = await this.#handle({
      method: request.method!,
      url: body === null ? path + namedInUrl(search, trusted, context.actor) : request.url!,
      headers: { get: (name) => (name === 'accept' ? 'text/event-stream' : (request.headers[name] as string | undefined)) },
      body: body === null ? null : (trusted.resolve(body, context.actor) as never),
      raw: { context, outlet },
      context: undefined,
    });
    if (!stream || typeof stream === 'string') throw refusal(status, stream);
    this.#open.add(outlet);
    response.writeHead(status, { ...headers, 'x-accel-buffering': 'no' });
    const leave = (): void => void stream.return(undefined);
    response.once('close', leave);
    try {
      outlet.open();
      for await (const chunk of stream) outlet.write(chunk);
    } finally {
      this.#open.delete(outlet);
      response.end();
    }
  }

  /** Ends all streams; clients connect again and resume. */
  stop(): void {
    for (const { response } of this.#open) response.end();
  }

  // Every page goes out by the outlet, so that those read alone and those of a group keep their order; only the end is left to the library.
  async #subscribe(args: Asked): Promise<Pages | ExecutionResult> {
    const { outlet } = args;
    const answered = await this.options.executor.subscribe(requestOf(args), outlet);
    if (!(Symbol.asyncIterator in answered)) return answered;
    const pages: Pages = answered;
    const next = async (): Promise<IteratorResult<ExecutionResult, void>> => {
      await outlet.opened;
      try {
        for (let page = await pages.next(); !page.done; page = await pages.next()) {
          const { data = null, errors } = page.value;
          await outlet.sendAlone({ data, ...(errors && { errors: errors.map((error) => this.#shown(error)) }) });
        }
      } catch (error) {
        await outlet.sendAlone({ errors: [this.#shown(asGraphqlError(error, this.options.log))] });
      }
      return { done: true, value: undefined };
    };
    const left: Pages = {
      next,
      return: () => pages.return(undefined),
      throw: (reason) => pages.throw(reason),
      [Symbol.asyncIterator]() {
        return this;
      },
      [Symbol.asyncDispose]: async () => void (await pages.return(undefined)),
    };
    return left;
  }

  #shown(error: Error): object {
    const known = ofLanguage(error);
    return this.options.executor.shown(known.toJSON(), known);
  }
}

const requestOf = ({ document, operationName, variableValues, contextValue }: ExecutionArgs) => ({
  document,
  operationName,
  variables: variableValues,
  context: contextValue as GraphContext,
});

function refusal(status: number, body: string | null): AppError {
  const [error] = body ? ((JSON.parse(body) as { errors: { message: string }[] }).errors ?? []) : [];
  return new AppError(
    'BAD_USER_INPUT',
    error?.message ?? (status === 415 ? 'The content type must be application/json' : 'The request is not understood'),
  );
}
