import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { AppError } from '#core/errors/app-error.js';
import { badInput } from '#core/errors/bad-input.js';
import type { OwnRun } from './own-operation.js';

/** Something that a job can run: by a module in a process of its own, or by a function in the process of the worker. */
export type Operation = OperationOffer & (ByModule | ByFunction);

interface ByModule {
  readonly memoryMb: number;
  /** Processor time of one run; null for no limit but `timeoutMs`. */
  readonly cpuMs: number | null;
  /** What the files may hold that a run leaves. */
  readonly outputBytes: number;
  /** The module that carries it out, in a process of its own. */
  readonly module: { readonly folder: string; readonly file: string; readonly register: string; readonly operation: string };
}

interface ByFunction {
  /** The function that carries it out, in the process of the worker. */
  readonly run: (run: OwnRun) => Promise<unknown>;
}

/** What a caller needs to know of it. */
interface OperationOffer {
  /** `<toolkit slug>.<operation>` */
  readonly name: string;
  readonly description: string;
  /** The toolkit that offers it; null for one of Signalbox itself. */
  readonly toolkitId: string | null;
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

/** All operations of this process. */
export class Operations {
  readonly #operations = new Map<string, { operation: Operation; validate: ValidateFunction }>();
  readonly #ajv = new Ajv2020({ allErrors: true, strict: false });

  constructor() {
    (addFormats as unknown as (ajv: Ajv2020) => void)(this.#ajv);
  }

  /** Adds operations, all or none; throws when the schema of one is no JSON Schema. */
  add(...added: readonly Operation[]): void {
    const checked = added.map((operation) => ({ operation, validate: this.#ajv.compile(operation.inputSchema) }));
    for (const each of checked) this.#operations.set(each.operation.name, each);
  }

  /** The operation of that name, or null. */
  find(name: string): Operation | null {
    return this.#operations.get(name)?.operation ?? null;
  }

  /** All operations, in alphabetical order of their names. */
  get all(): Operation[] {
    return this.names.map((name) => this.find(name)!);
  }

  /** The names of all operations, in alphabetical order. */
  get names(): string[] {
    return [...this.#operations.keys()].sort();
  }

  /** The queues that the operations use. */
  get queues(): string[] {
    return [...new Set([defaultQueue, ...[...this.#operations.values()].map(({ operation }) => operation.queue)])];
  }

  /** The operation of that name, for these parameters; bad input names every place where they do not fit its schema. */
  check(name: string, parameters: unknown, nameAt = 'input.name'): Operation {
    const found = this.#operations.get(name);
    if (!found) throw badInput(`There is no operation ${name}; there are: ${this.names.join(', ')}`, nameAt);
    if (!found.validate(parameters)) {
      const errors = found.validate.errors ?? [];
      throw new AppError(
        'BAD_USER_INPUT',
        `The parameters do not fit ${name}: ${errors.map((error) => `${pathOf(error)} ${error.message}`).join('; ')}`,
        { paths: errors.map(pathOf) },
      );
    }
    return found.operation;
  }
}

function pathOf({ instancePath, params }: ErrorObject): string {
  const extra = (params as Record<string, string>).missingProperty ?? (params as Record<string, string>).additionalProperty;
  return ['input.parameters', ...instancePath.split('/').slice(1), ...(extra ? [extra] : [])].join('.');
}
