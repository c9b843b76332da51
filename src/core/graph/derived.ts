import type { ColumnKind, EntityClass, EnumDeclaration, ValueDeclaration } from '#core/database/declare/declaration.js';
import type { Services } from '#core/feed/services.js';
import type { Reader } from './read/reader.js';

/** An argument of a derived field. */
export interface DerivedArgument {
  readonly kind: ColumnKind | EnumDeclaration;
  readonly nullable?: boolean;
  readonly description: string;
}

/** A field that takes more than its own row: one statement answers for all rows that ask in the same turn. */
export interface DerivedDeclaration {
  readonly of: EntityClass;
  readonly name: string;
  readonly description: string;
  /** What it holds; of an entity that is in the graph, `load` gives ids, and it shows the object as far as the caller may see it. */
  readonly kind: ColumnKind | EnumDeclaration | ValueDeclaration | EntityClass;
  readonly list?: boolean;
  /** For a list: how many items its cost counts, default 1. */
  readonly size?: number;
  readonly nullable?: boolean;
  readonly args?: Readonly<Record<string, DerivedArgument>>;
  /** Points for each object, default 1. */
  readonly cost?: number;
  /** The values by the objects' ids; an object that is left out has null. */
  readonly load: (
    reader: Reader,
    ids: readonly string[],
    args: Readonly<Record<string, unknown>>,
    services: Services,
  ) => Promise<ReadonlyMap<string, unknown>>;
}

/** Declares a derived field. */
export const derived = (declaration: DerivedDeclaration): DerivedDeclaration => declaration;
