import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, Extensions, FieldResolver, Info, Query, Resolver, Root, Subscription } from 'type-graphql';
import type { GraphContext } from '../context.js';
import type { Row } from '../read/table-reader.js';

type TypeThunk = () => unknown;

/** An argument of a generated field. */
export interface GeneratedArg {
  name: string;
  type: TypeThunk;
  nullable?: boolean;
  description: string;
}

/** What a generated field is, and what it returns. */
export interface GeneratedField {
  name: string;
  type: TypeThunk;
  nullable?: boolean;
  description: string;
  args?: readonly GeneratedArg[];
  resolve: (source: Row, args: never, context: GraphContext, info: GraphQLResolveInfo) => unknown;
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
  add(owner, field, (prototype, method, descriptor) =>
    FieldResolver(field.type as never, optionsOf(field))(prototype, method, descriptor as never),
  );

/** Adds a root query, open to whoever is signed in; the rows' policies decide what is seen. */
export const addQuery = (owner: new () => object, field: GeneratedField): void =>
  add(owner, field, (prototype, method, descriptor) => {
    Query(field.type as never, { ...optionsOf(field), name: field.name })(prototype, method, descriptor as never);
    Extensions({ access: 'signedIn' })(prototype, method, descriptor as never);
  });

/** Adds a subscription, open to whoever is signed in; `resolve` returns the pages. */
export const addSubscription = (owner: new () => object, field: GeneratedField): void =>
  add(owner, { ...field, resolve: (page) => page }, (prototype, method, descriptor) => {
    const subscribe = ({ args, context, info }: { args: unknown; context: GraphContext; info: GraphQLResolveInfo }) =>
      field.resolve({ id: '' }, args as never, context, info);
    Subscription(field.type as never, { ...optionsOf(field), name: field.name, subscribe } as never)(
      prototype,
      method,
      descriptor as never,
    );
    Extensions({ access: 'signedIn' })(prototype, method, descriptor as never);
  });

const optionsOf = ({ nullable = false, description }: GeneratedField) => ({ nullable, description });

function add(
  owner: new () => object,
  field: GeneratedField,
  decorate: (prototype: object, method: string, descriptor: PropertyDescriptor) => void,
): void {
  const args = field.args ?? [];
  const value = (source: Row, context: GraphContext, info: GraphQLResolveInfo, ...values: unknown[]): unknown =>
    field.resolve(source, Object.fromEntries(args.map(({ name }, i) => [name, values[i]])) as never, context, info);
  const prototype = owner.prototype as object;
  Object.defineProperty(prototype, field.name, { value, writable: true, configurable: true });
  Root()(prototype, field.name, 0);
  Ctx()(prototype, field.name, 1);
  Info()(prototype, field.name, 2);
  args.forEach(({ name, type, nullable = true, description }, i) =>
    Arg(name, type as never, { nullable, description })(prototype, field.name, i + 3),
  );
  decorate(prototype, field.name, Object.getOwnPropertyDescriptor(prototype, field.name)!);
}
