import { Ajv } from 'ajv';
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { LRUCache } from 'lru-cache';

/** What of a value does not fit a schema, and where, such as `input.value.0.name`. */
export interface Misfit {
  message: string;
  path: string;
}

/** Says what of a value does not fit; `at` is where the value stands. */
export type SchemaCheck = (value: unknown, at: string) => Misfit[];

type Dialect = typeof Ajv | typeof Ajv2020;

// Schemas come and go with toolkits and tools, and a compiler keeps something of each one for ever.
const mostOfACompiler = 1_000;
const compilers = new Map<Dialect, { ajv: Ajv; compiled: number }>();
const known = new LRUCache<string, SchemaCheck>({ max: 1_000, maxSize: 4 * 1024 ** 2, sizeCalculation: (_check, key) => key.length });

/**
 * Compiles a JSON Schema, of draft 2020-12 unless it says draft-07, as tools of many MCP servers do; throws when it is none. What people
 * wrote who are not trusted with this process is checked by `checkSchema`: a pattern can take as long as it likes.
 */
export function compileSchema(schema: object): SchemaCheck {
  const key = JSON.stringify(schema);
  const before = known.get(key);
  if (before) return before;
  const { $schema } = schema as { $schema?: unknown };
  const dialect = /^https?:\/\/json-schema\.org\/draft-07\/schema#?$/.test(String($schema)) ? Ajv : Ajv2020;
  // A compiler keeps names, and two schemas may have the same; without names one serves many, which is much faster.
  const compiler = key.includes('"$id"') ? newCompiler(dialect) : shared(dialect);
  const validate = compiler.compile(schema);
  compiler.removeSchema(schema);
  const check: SchemaCheck = (value, at) =>
    validate(value) ? [] : (validate.errors ?? []).map((error) => ({ message: error.message ?? 'does not fit', path: pathOf(error, at) }));
  known.set(key, check);
  return check;
}

function shared(dialect: Dialect): Ajv {
  const before = compilers.get(dialect);
  const { ajv, compiled } = before && before.compiled < mostOfACompiler ? before : { ajv: newCompiler(dialect), compiled: 0 };
  compilers.set(dialect, { ajv, compiled: compiled + 1 });
  return ajv;
}

function newCompiler(dialect: Dialect): Ajv {
  const ajv = new dialect({ allErrors: true, strict: false, addUsedSchema: false });
  (addFormats as unknown as (ajv: Ajv) => void)(ajv);
  return ajv;
}

function pathOf({ instancePath, params }: ErrorObject, at: string): string {
  const extra = (params as Record<string, string>).missingProperty ?? (params as Record<string, string>).additionalProperty;
  return [at, ...instancePath.split('/').slice(1), ...(extra ? [extra] : [])].join('.');
}
