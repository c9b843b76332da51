import { ID } from 'type-graphql';
import { badInput } from '#core/errors/bad-input.js';
import type { EntityDeclaration } from '#core/database/declare/declaration.js';
import { isUuid, typeOfId } from '#core/database/id.js';
import type { GraphQLResolveInfo } from 'graphql';
import type { Reader } from '../read/reader.js';
import { addQuery } from './generated-field.js';
import { Node, typeName } from './node-type.js';

const mostIds = 100;

/** Adds `node` and `nodes`: any object by its id. */
export function buildNodeFields(root: new () => object, declarations: readonly EntityDeclaration[]): void {
  const byType = new Map(declarations.map((declaration) => [declaration.type, declaration]));
  // An id from elsewhere carries no type; the tables that are not logs are looked through.
  const untagged = declarations.filter(({ streams }) => !streams);
  const find = async (id: string, reader: Reader, info: GraphQLResolveInfo): Promise<object | null> => {
    if (!isUuid(id)) return null;
    const tagged = byType.get(typeOfId(id) ?? -1);
    for (const declaration of tagged ? [tagged] : untagged) {
      const row = await reader.byId(declaration.entity, id, info);
      if (row) return Object.assign(row, { [typeName]: declaration.name });
    }
    return null;
  };
  addQuery(root, {
    name: 'node',
    type: () => Node,
    nullable: true,
    description: 'Any object by its id; null when there is none or it may not be seen',
    args: [{ name: 'id', type: () => ID, nullable: false, description: 'Id of the object' }],
    resolve: (_root, { id }: { id: string }, { reader }, info) => find(id, reader, info),
  });
  addQuery(root, {
    name: 'nodes',
    type: () => [Node],
    nullable: 'items' as never,
    description: 'Several objects by their ids, in that order; null where there is none or it may not be seen',
    args: [{ name: 'ids', type: () => [ID], nullable: false, description: `Ids of the objects, at most ${mostIds}` }],
    resolve: (_root, { ids }: { ids: string[] }, { reader }, info) => {
      if (ids.length > mostIds) throw badInput(`ids takes at most ${mostIds}`, 'ids');
      return Promise.all(ids.map((id) => find(id, reader, info)));
    },
  });
}
