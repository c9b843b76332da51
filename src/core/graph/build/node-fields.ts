import type { GraphQLResolveInfo } from 'graphql';
import { ID } from 'type-graphql';
import type { EntityDeclaration } from '#core/database/declare/declaration.js';
import { isUuid, typeOfId } from '#core/database/id.js';
import { sql } from '#core/database/sql.js';
import { badInput } from '#core/errors/bad-input.js';
import type { Reader } from '../read/reader.js';
import { visible } from '../read/viewer.js';
import { addQuery } from './generated-field.js';
import { Node, typeName } from './node-type.js';

const mostIds = 100;

/** Adds `node` and `nodes`: any object by its id. */
export function buildNodeFields(root: new () => object, declarations: readonly EntityDeclaration[]): void {
  const byType = new Map(declarations.map((declaration) => [declaration.type, declaration]));
  const find = async (id: string, reader: Reader, info: GraphQLResolveInfo): Promise<object | null> => {
    if (!isUuid(id)) return null;
    const tagged = byType.get(typeOfId(id) ?? -1);
    return (tagged && (await read(tagged, id, reader, info))) ?? (await search(id, reader, info));
  };
  // An id from elsewhere carries no type, or that of another; the tables that are not logs are looked through, all at once.
  const searched = declarations.filter(({ streams }) => !streams);
  const search = async (id: string, reader: Reader, info: GraphQLResolveInfo): Promise<object | null> => {
    const type = await reader.batch('node', id, async (ids) => {
      const found = searched.map(
        (each) => sql`select t.id, ${sql.raw(String(each.type))} from ${sql.ref(each.table)} as t
          where t.id = any(${ids}::uuid[]) and ${visible(reader, each.entity, 't')}`,
      );
      return new Map((await reader.rows(sql.join(found, ' union all '))).map(([of, number]) => [of!, Number(number)]));
    });
    return type === null ? null : read(byType.get(type)!, id, reader, info);
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
    size: { argument: 'ids' },
    nullable: 'items' as never,
    description: 'Several objects by their ids, in that order; null where there is none or it may not be seen',
    args: [{ name: 'ids', type: () => [ID], nullable: false, description: `Ids of the objects, at most ${mostIds}` }],
    resolve: (_root, { ids }: { ids: string[] }, { reader }, info) => {
      if (ids.length > mostIds) throw badInput(`ids takes at most ${mostIds}`, 'ids');
      return Promise.all(ids.map((id) => find(id, reader, info)));
    },
  });
}

async function read(declaration: EntityDeclaration, id: string, reader: Reader, info: GraphQLResolveInfo): Promise<object | null> {
  const row = await reader.byId(declaration.entity, id, info);
  return row && Object.assign(row, { [typeName]: declaration.name });
}
