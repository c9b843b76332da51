import type { GraphQLResolveInfo } from 'graphql';
import { columnName } from '#core/database/declare/registry.js';
import type { EntityDeclaration, FieldDeclaration } from '#core/database/declare/declaration.js';
import type { TextRow } from '#core/database/reads.js';
import { sql, type Sql } from '#core/database/sql.js';
import { conditionOf } from '#core/policy/policy.js';
import { selectionOf, type Selection } from '../selection.js';
import type { Viewer } from './viewer.js';

/** A plain row: property names to values, to-one relations as the id of their target, times as ISO 8601 texts. */
export type Row = Record<string, unknown> & { id: string };

/** How the columns that an operation needs of a type are selected and read. */
export interface TableReader {
  /** How many columns that are. */
  readonly width: number;
  /** The select list over the alias `t`, as the viewer may see it. */
  selectList(viewer: Viewer): Sql;
  /** The row in a text row, whose columns begin at `from`. */
  row(values: TextRow, from?: number): Row;
}

type Decode = (text: string) => unknown;

const instant = (text: string): string => {
  // As PostgreSQL has it in UTC, its fraction without trailing zeros.
  if (text.endsWith('+00')) return `${text.slice(0, 10)}T${text.slice(11, 19)}.${text.slice(20, -3).padEnd(3, '0')}Z`;
  return new Date(`${text.slice(0, 10)}T${text.slice(11)}${/[+-]\d\d$/.test(text) ? ':00' : ''}`).toISOString();
};

const decodes: Partial<Record<string, Decode>> = {
  int: Number,
  long: Number,
  float: Number,
  boolean: (text) => text === 't',
  time: instant,
  json: (text) => JSON.parse(text) as unknown,
};

const decodeOf = (field: FieldDeclaration): Decode | undefined => (field.is === 'column' ? decodes[field.kind] : undefined);

const readers = new WeakMap<Selection, Map<string, TableReader>>();

/** The reader of the columns that an operation needs of a type: what it selects, what computed fields read, and `also`. */
export function tableReader(declaration: EntityDeclaration, info: GraphQLResolveInfo, also: readonly string[] = []): TableReader {
  const selection = selectionOf(info);
  let ofSelection = readers.get(selection);
  if (!ofSelection) readers.set(selection, (ofSelection = new Map()));
  const key = `${declaration.table} ${also.join()}`;
  let reader = ofSelection.get(key);
  if (!reader) ofSelection.set(key, (reader = makeReader(declaration, neededProperties(declaration, selection, also))));
  return reader;
}

function neededProperties(declaration: EntityDeclaration, selection: Selection, also: readonly string[]): string[] {
  const needed = new Set(['id', ...also]);
  for (const name of selection.get(declaration.name!) ?? []) {
    const field = declaration.fields.get(name);
    if (field?.is === 'computed') for (const property of field.needs) needed.add(property);
    else if (field) needed.add(name);
  }
  return [...needed];
}

function makeReader(declaration: EntityDeclaration, properties: readonly string[]): TableReader {
  const { entity, fields } = declaration;
  const decode = properties.map((property) => decodeOf(fields.get(property)!));
  const refs = properties.map((property) => sql.ref(`t.${columnName(declaration, property)}`));
  const everybodys = sql.join(refs);
  return {
    width: properties.length,
    selectList({ policies, actor }) {
      if (!properties.some((property) => policies.restricts(entity, property))) return everybodys;
      return sql.join(
        properties.map((property, i) => {
          const visible = policies.visibleColumn(entity, property, actor, 't');
          return visible === true
            ? refs[i]
            : sql`case when ${conditionOf(visible)} then ${refs[i]} end as ${sql.ref(columnName(declaration, property))}`;
        }),
      );
    },
    row(values, from = 0) {
      const row: Record<string, unknown> = {};
      for (let i = 0; i < properties.length; i++) {
        const value = values[from + i]!;
        const read = decode[i];
        row[properties[i]!] = value === null || read === undefined ? value : read(value);
      }
      return row as Row;
    },
  };
}
