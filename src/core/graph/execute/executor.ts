import {
  createSourceEventStream,
  execute,
  getOperationAST,
  GraphQLError,
  type DocumentNode,
  type ExecutionResult,
  type GraphQLFormattedError,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import { Answer, type Outlet } from '#core/feed/outlet.js';
import type { Logger } from '#core/log/logger.js';
import type { GraphContext } from '../context.js';
import { publicError } from '../public-error.js';
import type { Reader } from '../read/reader.js';
import { coerceVariables } from './coerce-variables.js';
import { compile, type Run } from './compile.js';
import { conditionsOf } from './conditions.js';
import { costOf, type Cost } from './cost.js';
import { fragmentsOf } from './obstacle.js';
import { introspects } from './introspects.js';
import type { PointMeter } from './point-meter.js';
import { startsOf } from './starts.js';

/** What an operation may cost, what those of one caller may cost together, and whether an answer tells how many statements it took. */
export interface ExecutorOptions {
  mostCost: number;
  meter?: Pick<PointMeter, 'take'>;
  /** Whether the schema is not to be shown now. */
  hidesSchema?: () => boolean;
  showsStatements: boolean;
  log: Logger;
}

/** One operation to run, of a document that has been validated. */
export interface OperationRequest {
  document: DocumentNode;
  operationName?: string | null | undefined;
  variables?: Readonly<Record<string, unknown>> | null | undefined;
  context: GraphContext;
}

/** What is known of an operation from its document. */
interface Prepared {
  readonly operation: OperationDefinitionNode;
  readonly cost: Cost;
  /** The variables that decide what of it is skipped or included. */
  readonly conditions: readonly string[];
  /** How it runs, for each way in which these decide. */
  readonly forms: Map<string, Form>;
  /** The variables that say no more than where a feed begins. */
  readonly starts: ReadonlySet<string>;
  /** Whether its document asks for the schema. */
  readonly introspects: boolean;
}

interface Form {
  /** How often graphql-js has answered without an error. */
  answers: number;
}

interface Admitted {
  prepared: Prepared;
  variables: Record<string, unknown>;
  cost: { requested: number; limit: number };
}

// What is asked once, in GraphiQL or by a script, is not worth compiling; nor is what fails.
const interpretedAnswers = 1;
const mostForms = 8;
const mostCompiled = 500;

/** Runs operations: coerces their variables, refuses what costs too much, compiles what comes again. */
export class Executor {
  // As long as whoever parsed the document keeps it.
  readonly #prepared = new WeakMap<DocumentNode, Map<string, Prepared>>();
  // Code takes much more memory than the document that it was made of.
  readonly #compiled = new LRUCache<Form, { run: Run | null }>({ max: mostCompiled });

  constructor(
    readonly schema: GraphQLSchema,
    readonly options: ExecutorOptions,
  ) {}

  /** What a client sees of an error. */
  shown(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError {
    return publicError(formatted, error, this.options.log, { hidesSchema: this.options.hidesSchema?.() ?? false });
  }

  /** Answers a query or mutation. */
  async execute(request: OperationRequest): Promise<ExecutionResult> {
    const admitted = this.#admit(request);
    if ('errors' in admitted) return admitted;
    if (admitted.prepared.operation.operation === 'subscription') return refusal(needsSocket, { code: 'BAD_USER_INPUT' });
    const result = await this.#run(admitted, request, undefined);
    return { ...result, extensions: this.#extensions(admitted, request.context) };
  }

  /**
   * Answers a subscription with its pages, or with the errors that keep it from beginning. Pages that several get at once go straight to
   * the outlet, in their order.
   */
  async subscribe(request: OperationRequest, outlet: Outlet): Promise<AsyncGenerator<ExecutionResult, void, void> | ExecutionResult> {
    const admitted = this.#admit(request);
    if ('errors' in admitted) return admitted;
    const { document, operationName, variables, context } = request;
    context.live = {
      outlet,
      asked: askedOf(admitted, request),
      answer: (page, reader) => this.#answer(admitted, { ...request, context: seenThrough(context, reader) }, page),
    };
    const source = await createSourceEventStream({
      schema: this.schema,
      document,
      operationName,
      variableValues: variables,
      contextValue: context,
    } as never);
    return Symbol.asyncIterator in source ? this.#pages(source, admitted, request) : source;
  }

  // No async generator: one that waits for its source cannot be ended before the source has something.
  #pages(source: AsyncIterable<unknown>, admitted: Admitted, request: OperationRequest): AsyncGenerator<ExecutionResult, void, void> {
    const pages = source[Symbol.asyncIterator]() as AsyncGenerator<unknown, void, void>;
    const answer = async (next: Promise<IteratorResult<unknown, void>>): Promise<IteratorResult<ExecutionResult, void>> => {
      const { done, value } = await next;
      return done ? { done, value: undefined } : { done: false, value: await this.#run(admitted, request, value) };
    };
    return {
      next: () => answer(pages.next()),
      return: () => answer(pages.return(undefined)),
      throw: (reason) => answer(pages.throw(reason)),
      [Symbol.asyncIterator]() {
        return this;
      },
      [Symbol.asyncDispose]: async () => void (await pages.return(undefined)),
    };
  }

  async #answer(admitted: Admitted, request: OperationRequest, page: object): Promise<Answer> {
    const { data = null, errors } = await this.#run(admitted, request, page);
    const shown = errors?.map((error) => this.shown(error.toJSON(), error));
    return new Answer(JSON.stringify({ data, ...(shown && { errors: shown }) }));
  }

  #admit({ document, operationName, variables, context }: OperationRequest): Admitted | { errors: readonly GraphQLError[] } {
    const prepared = this.#prepare(document, operationName ?? null);
    if (!prepared) return refusal(noOperation(operationName), { code: 'BAD_USER_INPUT' });
    if (prepared.introspects && this.options.hidesSchema?.()) return refusal(noIntrospection, { code: 'BAD_USER_INPUT' });
    const { values, errors } = coerceVariables(this.schema, prepared.operation, variables ?? {});
    if (errors) return { errors };
    const cost = { requested: prepared.cost(values), limit: this.options.mostCost };
    if (cost.requested > cost.limit)
      return refusal(
        `The operation may return too much: it costs ${cost.requested} points, and ${cost.limit} are allowed; ask for smaller pages`,
        { code: 'LIMIT_EXCEEDED', cost },
      );
    try {
      this.options.meter?.take(context, cost.requested);
    } catch (error) {
      return { errors: [new GraphQLError((error as Error).message, { originalError: error as Error })] };
    }
    return { prepared, variables: values, cost };
  }

  #prepare(document: DocumentNode, operationName: string | null): Prepared | null {
    let ofDocument = this.#prepared.get(document);
    if (!ofDocument) this.#prepared.set(document, (ofDocument = new Map()));
    const known = ofDocument.get(operationName ?? '');
    if (known) return known;
    const operation = getOperationAST(document, operationName);
    if (!operation) return null;
    const prepared = {
      operation,
      cost: costOf(this.schema, operation, fragmentsOf(document)),
      conditions: conditionsOf(document),
      forms: new Map(),
      starts: startsOf(document, operation),
      introspects: introspects(document),
    };
    ofDocument.set(operationName ?? '', prepared);
    return prepared;
  }

  async #run({ prepared, variables }: Admitted, request: OperationRequest, root: unknown): Promise<ExecutionResult> {
    const { document, operationName, context } = request;
    const form = formOf(prepared, variables);
    const answer = await (form && this.#compile(form, document, prepared.operation, variables))?.(root, context, variables);
    if (answer) return answer;
    const interpreted = await execute({
      schema: this.schema,
      document,
      operationName,
      rootValue: root,
      contextValue: context,
      variableValues: request.variables,
    } as never);
    if (form && !interpreted.errors) form.answers += 1;
    return interpreted;
  }

  #compile(form: Form, document: DocumentNode, operation: OperationDefinitionNode, variables: Admitted['variables']): Run | null {
    if (form.answers < interpretedAnswers) return null;
    let compiled = this.#compiled.get(form);
    if (!compiled) this.#compiled.set(form, (compiled = { run: compile(this.schema, document, operation, variables) }));
    return compiled.run;
  }

  #extensions({ cost }: Admitted, { work }: GraphContext): Record<string, unknown> {
    return this.options.showsStatements ? { cost, statements: work.statements } : { cost };
  }
}

// Those who share a page have the same document and the same rights; only where they began may differ.
function askedOf({ prepared: { starts }, variables }: Admitted, { operationName }: OperationRequest): string {
  return JSON.stringify([operationName ?? null, Object.entries(variables).filter(([name]) => !starts.has(name))]);
}

// The subscription's own reader changes with each of its pages, and with its rights.
const seenThrough = (context: GraphContext, reader: Reader): GraphContext =>
  Object.create(context, { reader: { value: reader } }) as GraphContext;

function formOf({ conditions, forms }: Prepared, variables: Readonly<Record<string, unknown>>): Form | null {
  const key = conditions.map((name) => variables[name]).join();
  const known = forms.get(key);
  if (known) return known;
  if (forms.size >= mostForms) return null;
  const form = { answers: 0 };
  forms.set(key, form);
  return form;
}

const needsSocket =
  'A subscription needs a socket at /graphql (graphql-transport-ws) or a stream of events at /graphql/stream (accept: text/event-stream)';
const noIntrospection = 'The schema is not shown here: introspection is switched off';
const noOperation = (name: string | null | undefined): string =>
  name ? `Unknown operation named "${name}"` : 'Must provide operation name if query contains multiple operations';

const refusal = (message: string, extensions: Record<string, unknown>): { errors: GraphQLError[] } => ({
  errors: [new GraphQLError(message, { extensions })],
});
