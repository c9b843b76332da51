import type { FieldNode, GraphQLResolveInfo } from 'graphql';
import { columnName } from '#core/database/declare/registry.js';
import type { EntityDeclaration } from '#core/database/declare/declaration.js';
import type { TextRow } from '#core/database/reads.js';
import { sql, type Sql } from '#core/database/sql.js';
import { AppError } from '#core/errors/app-error.js';
import { conditionOf } from '#core/policy/policy.js';
import { selectionOf, type Selection } from '../selection.js';
import { referencesOf, type Reference } from './references.js';
import { rowMaker, type MakeRow, type Row } from './row.js';
import { visible, type Viewer } from './viewer.js';

/** Reads rows of a type, and the rows that they point at in the same statement, with the columns that an operation needs. */
export interface RowReader {
  /** The same for readers of the same rows: what stands under it may be read together. */
  readonly key: string;
  /** What the statement that finds the rows selects over the alias `t`, as the viewer may see it. */
  selectList(viewer: Viewer): Sql;
  /** The statement over those rows, which `from` names `page`; `lead` is its first column. */
  statement(viewer: Viewer, lead: Sql, from: Sql): Sql;
  /**
   * The same with the rows of a nested statement beside them, whose first column is named `@n` and counts from 1, or with nulls beside a
   * row that has none; only the first of them has the row's own columns.
   */
  statementWith(viewer: Viewer, lead: Sql, from: Sql, nested: Sql): Sql;
  /** How many columns of its own such a statement has, after the first. */
  readonly width: number;
  /** The row in a row of such a statement's result, whose columns begin at `from`, 1 when it is left out. */
  row(values: TextRow, from?: number): Row;
}

const mostReferences = 50;
const readers = new WeakMap<FieldNode, { nodes: readonly FieldNode[]; of: Map<string, RowReader> }[]>();

/** The reader of the rows of a type that the field at `info` returns; `also` names further columns. */
export function rowReader(declaration: EntityDeclaration, info: GraphQLResolveInfo, also: readonly string[] = []): RowReader {
  const ofField = readersOf(info.fieldNodes);
  const name = `${declaration.table} ${also.join()}`;
  let reader = ofField.get(name);
  if (!reader) ofField.set(name, (reader = makeReader(declaration, selectionOf(info), referencesOf(declaration, info), also)));
  return reader;
}

// graphql-js makes the list of nodes anew for each execution; its nodes are those of the document.
function readersOf(nodes: readonly FieldNode[]): Map<string, RowReader> {
  let ofNode = readers.get(nodes[0]!);
  if (!ofNode) readers.set(nodes[0]!, (ofNode = []));
  let found = ofNode.find((each) => each.nodes.length === nodes.length && each.nodes.every((node, i) => node === nodes[i]));
  if (!found) ofNode.push((found = { nodes, of: new Map() }));
  return found.of;
}

function makeReader(
  declaration: EntityDeclaration,
  selection: Selection,
  references: readonly Reference[],
  also: readonly string[],
): RowReader {
  const parts: Part[] = [];
  const root = addPart({ declaration, references, also, selection, parent: 'page', at: 0 }, parts);
  const columns = parts.flatMap(({ alias, columns: own }) => own.map((column) => sql.ref(`${alias}.${column}`)));
  const joined = (viewer: Viewer): Sql =>
    sql.join(
      parts.slice(1).map((part) => join(part, viewer)),
      ' ',
    );
  return {
    key: keyOf(references),
    width: columns.length,
    selectList: (viewer) => selectList(root, viewer),
    statement: (viewer, lead, from) => sql`select ${lead}, ${sql.join(columns)} from ${from} ${joined(viewer)}`,
    statementWith: (viewer, lead, from, nested) => {
      // The columns of a row are sent with the first of its nested rows only.
      const once = columns.map((column) => sql`case when nested."@n" > 1 then null else ${column} end`);
      return sql`select ${lead}, ${sql.join(once)}, nested.* from ${from} ${joined(viewer)} left join lateral (${nested}) as nested on true`;
    },
    row: (values, from = 1) => rowOf(root, values, from),
  };
}

const keyOf = (references: readonly Reference[]): string => references.map(({ property, below }) => `${property}(${keyOf(below)})`).join();

/** One table of a statement. */
interface Part {
  declaration: EntityDeclaration;
  alias: string;
  /** Columns that the statement returns, and their properties; `keys` only serve to join. */
  columns: string[];
  properties: string[];
  keys: string[];
  /** Where its columns begin in a text row. */
  at: number;
  make: MakeRow;
  /** The column that points at it, of the part that it belongs to. */
  from: string;
  below: { property: string; part: Part }[];
}

interface Adding {
  declaration: EntityDeclaration;
  references: readonly Reference[];
  also: readonly string[];
  selection: Selection;
  parent: string;
  at: number;
}

function addPart({ declaration, references, also, selection, parent, at }: Adding, parts: Part[]): Part {
  // The first part is the row itself.
  if (parts.length > mostReferences)
    throw new AppError('LIMIT_EXCEEDED', `An operation may follow ${mostReferences} to-one relations from one row`);
  const properties = neededColumns(declaration, selection, also);
  const nameOf = (property: string): string => columnName(declaration, property);
  const part: Part = {
    declaration,
    alias: parts.length === 0 ? 'page' : `r${parts.length}`,
    columns: properties.map(nameOf),
    properties,
    keys: references.map(({ property }) => property),
    at,
    make: rowMaker(
      declaration,
      properties,
      references.map(({ property }) => property),
    ),
    from: parent,
    below: [],
  };
  parts.push(part);
  for (const { property, target, below } of references) {
    const next = parts.reduce((end, each) => Math.max(end, each.at + each.columns.length), at);
    const adding = { declaration: target, references: below, also: [], selection, parent: `${part.alias}.${nameOf(property)}`, at: next };
    part.below.push({ property, part: addPart(adding, parts) });
  }
  return part;
}

/** The columns that an operation needs of a type: what it selects, what computed fields and pointers read, and `also`. */
function neededColumns(declaration: EntityDeclaration, selection: Selection, also: readonly string[]): string[] {
  const needed = new Set(['id', ...also]);
  for (const name of selection.get(declaration.name!) ?? []) {
    const field = declaration.fields.get(name);
    if (field?.is === 'computed') for (const property of field.needs) needed.add(property);
    else if (field?.is === 'column') needed.add(name);
    else for (const { key, type } of declaration.pointers?.filter((each) => each.name === name) ?? []) needed.add(key).add(type);
  }
  return [...needed];
}

function selectList({ declaration, properties, keys }: Part, { policies, actor }: Viewer): Sql {
  const { entity } = declaration;
  // By column: a plain id and the relation that a higher domain made of it are one.
  const columns = new Map([...properties, ...keys].map((property) => [columnName(declaration, property), property]));
  return sql.join(
    [...columns].map(([name, property]) => {
      const seen = policies.restricts(entity, property) ? policies.visibleColumn(entity, property, actor, 't') : true;
      const column = sql.ref(`t.${name}`);
      return seen === true ? column : sql`case when ${conditionOf(seen)} then ${column} end as ${sql.ref(name)}`;
    }),
  );
}

// Lateral and with an offset, so that the join looks each target up and keeps the order of the rows.
const join = (part: Part, viewer: Viewer): Sql => sql`left join lateral (
  select ${selectList(part, viewer)} from ${sql.ref(part.declaration.table)} as t
  where t.id = ${sql.ref(part.from)} and ${visible(viewer, part.declaration.entity, 't')} offset 0) as ${sql.ref(part.alias)} on true`;

function rowOf({ make, at, below }: Part, values: TextRow, from: number): Row {
  const row = make(values, from + at);
  for (const { property, part } of below) if (values[from + part.at] !== null) row[property] = rowOf(part, values, from);
  return row;
}
