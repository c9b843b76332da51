import {
  getNamedType,
  getNullableType,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  type GraphQLArgument,
  type GraphQLCompositeType,
  type GraphQLEnumType,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInputObjectType,
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLSchema,
} from 'graphql';
import { randomFrom } from './probe.js';

/** An operation that was made up, with what a client would send beside it. */
export interface MadeOperation {
  query: string;
  variables: Record<string, unknown>;
}

/** What the made-up operations are about: ids that exist, are hidden or are nowhere, cursors, and texts. */
export interface Pools {
  ids: readonly string[];
  cursors: readonly string[];
  texts: readonly string[];
  typeNames: readonly string[];
}

/** What differs from one moment to the next, so that no two answers are the same. */
const passing = new Set(['JobQueue.oldestWaitMs']);
const awkwardAliases = ['a_b', 'a', 'b', 'b_a', 'idx0', 'idx0_a', 'toJSON', 'constructor', 'hasOwnProperty', 'then', 'Info', 'User'];
const awkwardVariables = ['constructor', 'toString', 'hasOwnProperty', 'v_1', '_', 'idx0'];
const mostDepth = 5;

/** Makes up a query that is probably valid; the same seed makes the same one. */
export const makeOperation = (schema: GraphQLSchema, pools: Pools, seed: number): MadeOperation =>
  new Making(schema, pools, randomFrom(seed)).operation();

/** A value as a literal has it and as JSON has it. */
interface Value {
  literal: string;
  json: unknown;
}

class Making {
  readonly #declared: string[] = [];
  readonly #variables: Record<string, unknown> = {};
  readonly #fragments = new Map<string, { on: string; text: string }>();
  #fields = 0;
  #names = 0;
  /** Whether the value that is being made up stands in a variable: there, others cannot stand. */
  #inside = false;

  constructor(
    readonly schema: GraphQLSchema,
    readonly pools: Pools,
    readonly random: () => number,
  ) {}

  operation(): MadeOperation {
    const set = this.#set(this.schema.getQueryType()!, 0);
    const declared = this.#declared.length > 0 ? `(${this.#declared.join(', ')})` : '';
    const name = this.#chance(0.5) ? 'Made' : '';
    const fragments = [...this.#fragments.values()].map(({ text }) => text);
    const parts = [`query ${name}${declared} ${set}`, ...fragments];
    if (name && this.#chance(0.2)) parts.push('query Other { __typename }');
    if (this.#chance(0.2)) parts.reverse();
    return { query: parts.join('\n'), variables: this.#variables };
  }

  #chance(of: number): boolean {
    return this.random() < of;
  }

  #upTo(most: number): number {
    return Math.floor(this.random() * (most + 1));
  }

  #pick<Item>(items: readonly Item[]): Item {
    return items[Math.floor(this.random() * items.length)]!;
  }

  #set(type: GraphQLCompositeType, depth: number): string {
    const count = 1 + this.#upTo(depth === 0 ? 2 : 3);
    const parts = Array.from({ length: count }, () => this.#selection(type, depth));
    return `{ ${parts.join(' ')} }`;
  }

  #selection(type: GraphQLCompositeType, depth: number): string {
    const roll = this.random();
    const isAbstract = isAbstractType(type);
    const on = isAbstract ? this.#pick([type, ...this.schema.getPossibleTypes(type)]).name : this.#around(type);
    if (roll < (isAbstract ? 0.5 : 0.12)) {
      const condition = on !== type.name || this.#chance(0.7) ? ` on ${on}` : '';
      return `...${condition}${this.#conditions()} ${this.#set(this.#composite(on), depth + 1)}`;
    }
    if (roll < (isAbstract ? 0.7 : 0.24)) return `...${this.#fragment(on, depth)}${this.#conditions()}`;
    return this.#field(type, depth);
  }

  // What a condition on a concrete type may name: itself, or an interface of it.
  #around(type: GraphQLCompositeType): string {
    const { name } = type;
    return 'getInterfaces' in type && this.#chance(0.3) ? this.#pick([name, ...type.getInterfaces().map((each) => each.name)]) : name;
  }

  #composite(name: string): GraphQLCompositeType {
    return this.schema.getType(name) as GraphQLCompositeType;
  }

  #fragment(on: string, depth: number): string {
    const known = [...this.#fragments].filter(([, fragment]) => fragment.on === on && fragment.text !== '');
    if (known.length > 0 && this.#chance(0.6)) return this.#pick(known)[0];
    const name = this.#chance(0.1) ? `constructor${this.#names++}` : `f${this.#names++}`;
    this.#fragments.set(name, { on, text: '' });
    const set = this.#set(this.#composite(on), depth + 1);
    this.#fragments.set(name, { on, text: `fragment ${name} on ${on} ${set}` });
    return name;
  }

  #field(type: GraphQLCompositeType, depth: number): string {
    if (depth > 0 && this.#chance(0.05)) return `${this.#alias('__typename')}__typename${this.#conditions()}`;
    if (type === this.schema.getQueryType() && this.#chance(0.06)) return this.#introspection();
    const fields = Object.values((type as GraphQLObjectType).getFields()).filter(({ name }) => !passing.has(`${type.name}.${name}`));
    const leaves = fields.filter((field) => !isCompositeType(getNamedType(field.type)));
    this.#fields += 1;
    const isDeep = depth >= mostDepth || this.#fields > 25;
    const field = this.#pick(leaves.length > 0 && (isDeep || this.#chance(0.4)) ? leaves : fields);
    const named = getNamedType(field.type);
    const args = this.#arguments(field);
    // A field with arguments mostly needs a name of its own, so as not to contradict another use of it.
    const alias = this.#alias(field.name, args === '' ? 0.15 : 0.85);
    const set = isCompositeType(named) ? (isDeep ? ' { __typename }' : ` ${this.#set(named, depth + 1)}`) : '';
    return `${alias}${field.name}${args}${this.#conditions()}${set}`;
  }

  #alias(name: string, chance = 0.15): string {
    if (!this.#chance(chance)) return '';
    const alias = this.#chance(0.15)
      ? this.#chance(0.02)
        ? '__proto__'
        : this.#pick(awkwardAliases)
      : this.#chance(0.3)
        ? name
        : `x${this.#names++}`;
    return `${alias}: `;
  }

  #introspection(): string {
    const type = this.#pick(this.pools.typeNames);
    return this.#pick([
      `x${this.#names++}: __type(name: "${type}")${this.#conditions()} { __typename kind name description fields { name args { name type { kind ofType { name } } defaultValue } } inputFields { name defaultValue } enumValues(includeDeprecated: ${this.#chance(0.5)}) { name } possibleTypes { name } }`,
      `__schema { queryType { name } directives { name locations args { name defaultValue } } }`,
    ]);
  }

  #conditions(): string {
    if (this.#chance(0.88)) return '';
    const one = (name: string): string => {
      if (this.#chance(0.5)) return ` @${name}(if: ${this.#chance(0.5)})`;
      const isOn = this.#chance(0.5);
      if (this.#chance(0.7)) return ` @${name}(if: $${this.#declare('Boolean!', isOn)})`;
      return ` @${name}(if: $${this.#declare('Boolean = true', this.#pick([isOn, undefined, undefined, this.#chance(0.2) ? null : undefined]))})`;
    };
    return this.#chance(0.2) ? `${one('skip')}${one('include')}` : one(this.#pick(['skip', 'include']));
  }

  #arguments({ args }: GraphQLField<unknown, unknown>): string {
    // A lookup takes one of its keys.
    const isLookup = args.length > 1 && args.every(({ name, type }) => name !== 'first' && !isNonNullType(type));
    const chosen = isLookup && this.#chance(0.9) ? [this.#pick(args)] : args;
    const given = chosen.flatMap((arg) => {
      const text = chosen.length === 1 ? this.#valueAt(arg, arg.name, 0).literal : this.#argument(arg);
      return text === null ? [] : [`${arg.name}: ${text}`];
    });
    return given.length > 0 ? `(${given.join(', ')})` : '';
  }

  #argument(arg: GraphQLArgument): string | null {
    if (arg.name === 'first') return this.#chance(0.85) ? this.#size(arg) : null;
    if (arg.name === 'last') return this.#chance(0.03) ? this.#size(arg) : null;
    const isCursor = arg.name === 'after' || arg.name === 'before';
    if (!isNonNullType(arg.type) && !this.#chance(isCursor ? 0.04 : 0.4)) return null;
    return this.#valueAt(arg, arg.name, 0).literal;
  }

  // Small, so that lists below lists stay small.
  #size(arg: GraphQLArgument): string {
    const size = this.#chance(0.97) ? this.#upTo(3) : this.#pick([-1, 501, null, 2 ** 31 - 1]);
    if (this.#chance(0.7)) return String(size);
    return `$${this.#declare(this.#pick([`${arg.type}`, `${arg.type} = 2`, ...(size === null ? [] : ['Int!'])]), size)}`;
  }

  /** A value for an argument or a field of an input, often in a variable. */
  #valueAt({ type, defaultValue }: GraphQLArgument | GraphQLInputField, name: string, depth: number): Value {
    if (this.#inside || !this.#chance(0.35)) return this.#maybeNull(type, name, depth);
    this.#inside = true;
    const value = this.#maybeNull(type, name, depth);
    this.#inside = false;
    return this.#inVariable(type, defaultValue !== undefined, value);
  }

  #inVariable(type: GraphQLInputType, hasDefault: boolean, value: Value): Value {
    const nullable = getNullableType(type);
    const declarations = [`${type}`];
    if (value.json !== null) declarations.push(`${nullable}!`);
    if (value.json !== null) declarations.push(`${nullable} = ${value.literal}`);
    if (hasDefault) declarations.push(`${nullable}`);
    const declaration = this.#pick(declarations);
    const isOptional = !declaration.endsWith('!');
    const sent =
      isOptional && this.#chance(0.2) ? this.#pick([undefined, undefined, null]) : this.#chance(0.01) ? { what: 'is this' } : value.json;
    return { literal: `$${this.#declare(declaration, sent)}`, json: value.json };
  }

  #maybeNull(type: GraphQLInputType, name: string, depth: number): Value {
    if (!isNonNullType(type) && this.#chance(0.02)) return { literal: 'null', json: null };
    return this.#value(getNullableType(type) as GraphQLInputType, depth, name);
  }

  #value(type: GraphQLInputType, depth: number, name = ''): Value {
    if (isListType(type)) {
      const item = type.ofType as GraphQLInputType;
      if (this.#chance(0.1)) return this.#maybeNull(item, name, depth);
      const items = Array.from({ length: this.#upTo(depth > 3 ? 1 : 3) }, () =>
        this.#valueAt({ type: item } as GraphQLArgument, name, depth + 1),
      );
      return { literal: `[${items.map(({ literal }) => literal).join(', ')}]`, json: items.map(({ json }) => json) };
    }
    if (isInputObjectType(type)) return this.#object(type, depth);
    if (isEnumType(type)) return this.#enum(type);
    const kind = (type as { name: string }).name;
    if (kind === 'Boolean') return this.#asItIs(this.#chance(0.5));
    if (kind === 'Int' || kind === 'Float' || kind === 'SafeInt') return this.#asItIs(this.#upTo(5));
    if (kind === 'ID') return this.#text(this.#pick(this.pools.ids));
    if (kind === 'DateTime')
      return this.#text(this.#pick(['2026-01-01T00:00:00.000Z', '2020-02-29T23:59:59+01:00', new Date(0).toISOString()]));
    if (name === 'after' || name === 'before') return this.#text(this.#pick(this.pools.cursors));
    return this.#text(this.#pick(this.pools.texts));
  }

  #object(type: GraphQLInputObjectType, depth: number): Value {
    const fields = Object.values(type.getFields());
    const isDeep = depth > 4;
    const open = isDeep ? fields.filter((field) => !isInputObjectType(getNamedType(field.type))) : fields;
    const chosen = new Set(fields.filter((field) => isNonNullType(field.type) && field.defaultValue === undefined));
    if (open.length > 0) for (let n = this.#upTo(2) + (depth === 0 ? 1 : 0); n > 0; n--) chosen.add(this.#pick(open));
    const given = [...chosen].map((field) => ({ name: field.name, ...this.#valueAt(field, field.name, depth + 1) }));
    return {
      literal: `{ ${given.map(({ name, literal }) => `${name}: ${literal}`).join(', ')} }`,
      json: Object.fromEntries(given.map(({ name, json }) => [name, json])),
    };
  }

  #enum(type: GraphQLEnumType): Value {
    const { name } = this.#pick(type.getValues());
    return { literal: name, json: name };
  }

  #asItIs(value: unknown): Value {
    return { literal: String(value), json: value };
  }

  #text(text: string): Value {
    const isBlock = this.#chance(0.1) && !/[\\"\0]|^\s|\s$/.test(text);
    return { literal: isBlock ? `"""${text}"""` : JSON.stringify(text), json: text };
  }

  #declare(type: string, value: unknown): string {
    const name = this.#chance(0.1) ? this.#pick(awkwardVariables) : `v${this.#names++}`;
    if (this.#declared.some((each) => each.startsWith(`$${name}:`))) return this.#declare(type, value);
    this.#declared.push(`$${name}: ${type}`);
    if (value !== undefined) this.#variables[name] = value;
    return name;
  }
}
