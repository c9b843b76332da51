import { Field, ID, InterfaceType } from 'type-graphql';

/** Where a row that `node` returns says of which type it is. */
export const typeName = Symbol('typeName');

/** The name of the type of a row that `node` returns. */
export const typeNameOf = (row: { [typeName]?: string }): string | undefined => row[typeName];

/** Relay's object identification: whatever has an id. */
@InterfaceType({
  description: 'Anything that has an id (Relay object identification)',
  autoRegisterImplementations: true,
})
export abstract class Node {
  @Field(() => ID, { description: 'UUID version 7 of this object, unique across all types' })
  id!: string;
}
