import type { GraphQLResolveInfo } from 'graphql';
import { Extensions } from 'type-graphql';
import type { GraphContext } from './context.js';

type Work = (context: GraphContext, args: never) => Promise<unknown>;

/**
 * What a mutation asks of other machines before its transaction begins, which then finds the answer as `prepared`: nothing in the
 * database waits for them. The access was checked; the arguments are of their types, but their classes have not checked them.
 */
export const Beforehand = <Args>(work: (context: GraphContext, args: Args) => Promise<unknown>): MethodDecorator =>
  Extensions({ beforehand: work }) as MethodDecorator;

/** What the field that is resolved does beforehand. */
export const beforehandOf = ({ parentType, fieldName }: GraphQLResolveInfo): Work | undefined =>
  parentType.getFields()[fieldName]!.extensions.beforehand as Work | undefined;
