import { ID } from 'type-graphql';
import type {
  ColumnDeclaration,
  EntityClass,
  EntityDeclaration,
  FieldDeclaration,
  ListDeclaration,
} from '#core/database/declare/declaration.js';
import { declarationOf } from '#core/database/declare/registry.js';
import { isUuid } from '#core/database/id.js';
import { badInput } from '#core/errors/bad-input.js';
import { scalarOf } from '../scalars.js';
import { enumType } from './enum-types.js';
import { addField, addQuery, type GeneratedArg } from './generated-field.js';
import { listField } from './list-field.js';
import { Node, typeName } from './node-type.js';

/** Gives an entity's type the lists that others' relations make. */
export function buildLists({ lists }: EntityDeclaration, owner: new () => object): void {
  for (const list of lists.values()) {
    if (list.single) buildSingle(list, owner);
    else addField(owner, listField(declarationOf(list.of), { ...list, membership: list }));
  }
}

function buildSingle({ name, description, of, by }: ListDeclaration, owner: new () => object): void {
  addField(owner, {
    name,
    type: () => of,
    nullable: true,
    description: `${description}; null when there is none or it may not be seen`,
    resolve: ({ id }, _args, { reader }, info) => reader.byReference(of, by, id, info),
  });
}

/** Gives an entity's type the fields that show an object of any type: one statement for each type that a level points at. */
export function buildPointers(
  { pointers = [] }: EntityDeclaration,
  owner: new () => object,
  targets: ReadonlyMap<string, EntityClass>,
): void {
  for (const { name, description, key, type } of pointers)
    addField(owner, {
      name,
      type: () => Node,
      nullable: true,
      description: `${description}; null when it is gone or may not be seen`,
      resolve: async (row, _args, { reader }, info) => {
        const of = row[type] as string | null;
        const target = of === null ? undefined : targets.get(of);
        if (!target || row[key] === null) return null;
        const found = await reader.byId(target, row[key] as string, info);
        return found && Object.assign(found, { [typeName]: of });
      },
    });
}

/** Gives an entity its lookup and its lists among the root queries. */
export function buildRootFields(declaration: EntityDeclaration, root: new () => object): void {
  const { entity, name, one, many, fields, keys = [] } = declaration;
  if (many) addQuery(root, listField(declaration, { name: many, description: `All ${name} objects that the caller may see` }));
  for (const { where, ...extract } of declaration.extracts ?? []) addQuery(root, listField(declaration, { ...extract, where: where('t') }));
  if (!one) return;
  const naturalKeys = keys.map((key) => (typeof key === 'string' ? [key] : key));
  const ways = [['id'], ...naturalKeys];
  const args: GeneratedArg[] = [
    { name: 'id', type: () => ID, nullable: keys.length > 0, description: `Id of the ${name}` },
    ...[...new Set(naturalKeys.flat())].map((key) => {
      const field = fields.get(key)!;
      const type = field.is === 'column' ? typeOf(field) : ID;
      return { name: key, type: () => type, description: `Or, instead of the id: ${field.description}` };
    }),
  ];
  addQuery(root, {
    name: one,
    type: () => entity,
    nullable: true,
    description: `One ${name}; null when there is none or it may not be seen`,
    args,
    resolve: (_root, given: Record<string, string | null | undefined>, { reader }, info) => {
      const key = Object.fromEntries(Object.entries(given).filter(([, value]) => value != null)) as Record<string, string>;
      const named = Object.keys(key);
      if (!ways.some((way) => way.length === named.length && way.every((each) => named.includes(each))))
        throw badInput(`Give exactly one of ${ways.map((way) => way.join(' with ')).join(', ')}`, ...args.map((arg) => arg.name));
      if (named.some((each) => isId(fields.get(each)!) && !isUuid(key[each]!))) return null;
      return key.id === undefined ? reader.byKey(entity, key, info) : reader.byId(entity, key.id, info);
    },
  });
}

const typeOf = ({ kind, enum: declared }: ColumnDeclaration): unknown => (declared ? enumType(declared) : scalarOf[kind]);
const isId = (field: FieldDeclaration): boolean => field.is === 'toOne' || field.kind === 'id';
