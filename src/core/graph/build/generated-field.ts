import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Extensions, FieldResolver, Query, Resolver, Root, Subscription } from 'type-graphql';
import type { GraphContext } from '../context.js';
import type { CostOfField } from '../execute/cost.js';
import type { Row } from '../read/row.js';

type TypeThunk = () => unknown;

/** An argument of a generated field. */
export interface GeneratedArg {
  name: string;
  type: TypeThunk;
  nullable?: boolean;
  description: string;
}

/** Answers a generated field. */
export type Resolve = (source: Row, args: never, context: GraphContext, info: GraphQLResolveInfo) => unknown;

/** What a generated field is, and what it returns. */
export interface GeneratedField extends CostOfField {
  name: string;
  type: TypeThunk;
  nullable?: boolean;
  description: string;
  args?: readonly GeneratedArg[];
  extensions?: Readonly<Record<string, unknown>>;
  resolve: Resolve;
}

/** A class that type-graphql takes as a resolver. */
// eslint-disable-next-line @typescript-eslint/no-extraneous-class
export const resolverClass = (of?: TypeThunk): new () => object => {
  const generated = class {};
  if (of) Resolver(of as never)(generated);
  else Resolver()(generated);
  return generated;
};

/** Adds a field to the type of the resolver class. */
export const addField = (owner: new () => object, field: GeneratedField): void =>
  add(owner, field, {}, (prototype, method, descriptor) =>
    FieldResolver(field.type as never, optionsOf(field))(prototype, method, descriptor as never),
  );

/** Adds a root query, open to whoever is signed in; the rows' policies decide what is seen. */
export const addQuery = (owner: new () => object, field: GeneratedField): void =>
  add(owner, field, { access: 'signedIn', cost: 1 }, (prototype, method, descriptor) =>
    Query(field.type as never, { ...optionsOf(field), name: field.name })(prototype, method, descriptor as never),
  );

/** Adds a subscription, open to whoever is signed in; `resolve` returns the pages. */
export const addSubscription = (owner: new () => object, field: GeneratedField): void =>
  add(owner, { ...field, resolve: (page) => page }, { access: 'signedIn', cost: 1 }, (prototype, method, descriptor) => {
    const subscribe = ({ args, context, info }: { args: unknown; context: GraphContext; info: GraphQLResolveInfo }) =>
      field.resolve({ id: '' }, args as never, context, info);
    Subscription(field.type as never, { ...optionsOf(field), name: field.name, subscribe } as never)(
      prototype,
      method,
      descriptor as never,
    );
  });

const optionsOf = ({ nullable = false, description }: GeneratedField) => ({ nullable, description });

// The resolver stands in the extensions: type-graphql would check and copy arguments that GraphQL has checked, for every object.
function add(
  owner: new () => object,
  { name, args = [], cost, size, resolve, extensions: own = {} }: GeneratedField,
  extensions: Record<string, unknown>,
  decorate: (prototype: object, method: string, descriptor: PropertyDescriptor) => void,
): void {
  const prototype = owner.prototype as object;
  Object.defineProperty(prototype, name, { value: () => {}, writable: true, configurable: true });
  const descriptor = Object.getOwnPropertyDescriptor(prototype, name)!;
  Root()(prototype, name, 0);
  args.forEach(({ name: arg, type, nullable = true, description }, i) =>
    Arg(arg, type as never, { nullable, description })(prototype, name, i + 1),
  );
  decorate(prototype, name, descriptor);
  Extensions({ ...extensions, ...own, resolve, ...(cost !== undefined && { cost }), ...(size !== undefined && { size }) })(
    prototype,
    name,
    descriptor as never,
  );
}
