import { sql } from 'kysely';
import { ID } from 'type-graphql';
import { badInput } from '#core/errors/bad-input.js';
import { columnName, declarationOf } from '#core/database/declare/registry.js';
import type { EntityDeclaration, LinkDeclaration, ToOneDeclaration } from '#core/database/declare/declaration.js';
import { isUuid } from '#core/database/id.js';
import { addField, addQuery, type GeneratedArg } from './generated-field.js';
import { listField } from './list-field.js';

/** Where the generated fields of a type go. */
export type OwnerOf = (declaration: EntityDeclaration) => new () => object;

/** Gives the target of each to-one relation its list, and both ends of a link entity their many-to-many lists. */
export function buildInverseFields(declaration: EntityDeclaration, ownerOf: OwnerOf): void {
  for (const field of declaration.fields.values()) {
    if (field.is !== 'toOne' || !field.inverse) continue;
    const key = sql.ref(`t.${columnName(declaration, field.property)}`);
    addField(ownerOf(declarationOf(field.target())), listField(declaration, { ...field.inverse, by: field.property, parent: { key } }));
  }
  for (const link of declaration.links ?? []) buildLinkField(declaration, link, ownerOf);
}

function buildLinkField(declaration: EntityDeclaration, { from, to, name, description }: LinkDeclaration, ownerOf: OwnerOf): void {
  const end = (property: string) => declarationOf((declaration.fields.get(property) as ToOneDeclaration).target());
  const link = sql`join ${sql.table(declaration.table)} l on ${sql.ref(`l.${columnName(declaration, to)}`)} = t.id`;
  const key = sql.ref(`l.${columnName(declaration, from)}`);
  addField(ownerOf(end(from)), listField(end(to), { name, description, by: `${declaration.table}.${from}`, parent: { link, key } }));
}

/** Gives an entity its lookup and its list among the root queries. */
export function buildRootFields(declaration: EntityDeclaration, root: new () => object): void {
  const { entity, name, one, many, keys = [] } = declaration;
  if (many) addQuery(root, listField(declaration, { name: many, description: `All ${name} objects that the caller may see`, by: null }));
  if (!one) return;
  const args: GeneratedArg[] = [
    { name: 'id', type: () => ID, nullable: keys.length > 0, description: `Id of the ${name}` },
    ...keys.map((key) => ({
      name: key,
      type: () => String,
      description: `Or, instead of the id: ${declaration.fields.get(key)!.description}`,
    })),
  ];
  addQuery(root, {
    name: one,
    type: () => entity,
    nullable: true,
    description: `One ${name}; null when there is none or it may not be seen`,
    args,
    resolve: (_root, given: Record<string, string | null | undefined>, { reader }, info) => {
      const [[key, value] = [], ...more] = Object.entries(given).filter(([, each]) => each != null);
      if (key === undefined || more.length > 0)
        throw badInput(`Give exactly one of ${args.map((arg) => arg.name).join(', ')}`, ...args.map((arg) => arg.name));
      if (key !== 'id') return reader.byKey(entity, key, value!, info);
      return isUuid(value!) ? reader.byId(entity, value!, info) : null;
    },
  });
}
