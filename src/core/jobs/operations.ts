import { AppError } from '#core/errors/app-error.js';
import { badInput } from '#core/errors/bad-input.js';
import { compileSchema, type SchemaCheck } from '#core/errors/json-schema.js';
import type { OperationSource } from './operation-source.js';
import type { OwnOperation, OwnRun } from './own-operation.js';

/** Something that a job can run: by a module in a process of its own, or by a function in the process of the worker. */
export type Operation = OperationOffer & (ByModule | ByFunction);

interface ByModule {
  readonly memoryMb: number;
  /** Processor time of one run; null for no limit but `timeoutMs`. */
  readonly cpuMs: number | null;
  /** What the files may hold that a run leaves. */
  readonly outputBytes: number;
  /** The settings that its runs get: their keys, by the names that the module knows. */
  readonly settings: Readonly<Record<string, string>>;
  /** The module that carries it out, in a process of its own. */
  readonly module: { readonly folder: string; readonly file: string; readonly register: string; readonly operation: string };
}

interface ByFunction {
  /** The function that carries it out, in the process of the worker. */
  readonly run: (run: OwnRun) => Promise<unknown>;
  /** Whether only domains ask for it. */
  readonly isInternal?: boolean;
  /** The permission that changing its schedule takes besides. */
  readonly guardedBy?: NonNullable<OwnOperation['guardedBy']>;
  /** Whether its schedules make a job now. */
  readonly hasWork?: NonNullable<OwnOperation['hasWork']>;
}

/** What a caller needs to know of it. */
interface OperationOffer {
  /** `<toolkit slug>.<operation>` */
  readonly name: string;
  readonly description: string;
  /** The toolkit that offers it; null for one of Signalbox itself. */
  readonly toolkitId: string | null;
  /** Digest of the code of that toolkit, as it was last taken up; null for one of Signalbox itself. */
  readonly code: string | null;
  readonly queue: string;
  /** JSON Schema (draft 2020-12) of its parameters. */
  readonly inputSchema: object;
  /** Parameters that name a file: the id of an upload or a path. */
  readonly files: readonly string[];
  readonly maxAttempts: number;
  readonly timeoutMs: number;
  /** How many of its runs may take place at once, over all workers: of the operation, or for each value of a parameter. */
  readonly concurrency: { readonly limit: number; readonly key?: string | undefined } | null;
  /** What the log of a job may hold. */
  readonly logBytes: number;
}

/** Queue of operations that name no other. */
export const defaultQueue = 'sre-toolbox';

interface Known {
  readonly operation: Operation;
  readonly check: SchemaCheck;
  /** Whether it may be asked for; what is not offered any more is still found, for the jobs that were accepted before. */
  readonly isOffered: boolean;
  /** Whether only domains may ask for it. */
  readonly isInternal: boolean;
}

/** All operations of this process. */
export class Operations {
  readonly #operations = new Map<string, Known>();

  /** Where operations come from beside those that are added; null when there is nothing else. */
  source: OperationSource | null = null;

  /** Adds operations, all or none; throws when the schema of one is no JSON Schema. */
  add(...added: readonly Operation[]): void {
    for (const each of compile(added, true)) this.#operations.set(each.operation.name, each);
  }

  /** Puts operations in the place of those that a toolkit had, all or none; throws when the schema of one is no JSON Schema. */
  replace(toolkitId: string, operations: readonly Operation[], isOffered: boolean): void {
    const compiled = compile(operations, isOffered);
    this.remove(toolkitId);
    for (const each of compiled) this.#operations.set(each.operation.name, each);
  }

  /** Removes the operations of a toolkit. */
  remove(toolkitId: string): void {
    for (const [name, { operation }] of this.#operations) if (operation.toolkitId === toolkitId) this.#operations.delete(name);
  }

  /** The operation of that name, also one that is not offered any more, or null. */
  find(name: string): Operation | null {
    return this.#operations.get(name)?.operation ?? null;
  }

  /** All operations that are offered to everybody, in alphabetical order of their names. */
  get all(): Operation[] {
    return this.names.map((name) => this.find(name)!);
  }

  /** The names of all operations that are offered to everybody, in alphabetical order. */
  get names(): string[] {
    return [...this.#operations.values()]
      .flatMap(({ operation, isOffered, isInternal }) => (isOffered && !isInternal ? [operation.name] : []))
      .sort();
  }

  /** The queues that the operations use. */
  get queues(): string[] {
    return [...new Set([defaultQueue, ...[...this.#operations.values()].map(({ operation }) => operation.queue)])];
  }

  /**
   * The operation of that name, for these parameters; bad input names every place where they do not fit its schema. Those that only
   * domains ask for are found when a domain asks.
   */
  check(name: string, parameters: unknown, { nameAt = 'input.name', isByDomain = false } = {}): Operation {
    const found = this.#operations.get(name);
    if (!found?.isOffered || (found.isInternal && !isByDomain))
      throw badInput(`There is no operation ${name}; there are: ${this.names.join(', ')}`, nameAt);
    const misfits = found.check(parameters, 'input.parameters');
    if (misfits.length > 0)
      throw new AppError(
        'BAD_USER_INPUT',
        `The parameters do not fit ${name}: ${misfits.map(({ path, message }) => `${path} ${message}`).join('; ')}`,
        { paths: misfits.map(({ path }) => path) },
      );
    return found.operation;
  }
}

/** Throws when the schema of an operation is no JSON Schema. */
export const checkSchemas = (operations: readonly Operation[]): void => void compile(operations, false);

const compile = (operations: readonly Operation[], isOffered: boolean): Known[] =>
  operations.map((operation) => ({
    operation,
    check: compileSchema(operation.inputSchema),
    isOffered,
    isInternal: 'isInternal' in operation && operation.isInternal === true,
  }));
