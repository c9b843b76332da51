import { columnName, declarationOf } from '#core/database/declare/registry.js';
import type { EntityClass, EntityDeclaration } from '#core/database/declare/declaration.js';
import type { Sql } from './probe.js';

/** An index as the database's catalogue has it; a column that is an expression has no name. */
export interface Index {
  table: string;
  name: string;
  method: string;
  isUnique: boolean;
  isPartial: boolean;
  columns: { name: string | null; collation: string | null; operators: string }[];
}

/** All valid indexes of a database's own tables. */
export const indexesOf = (run: Sql): Promise<Index[]> =>
  run<Index>(`
    select t.relname as table, c.relname as name, am.amname as method, i.indisunique as "isUnique", i.indpred is not null as "isPartial",
      (select json_agg(json_build_object('name', a.attname, 'collation', l.collname, 'operators', o.opcname) order by n)
        from generate_series(0, i.indnkeyatts - 1) n
        left join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[n] and i.indkey[n] <> 0
        left join pg_collation l on l.oid = i.indcollation[n]
        left join pg_opclass o on o.oid = i.indclass[n]) as columns
    from pg_index i join pg_class t on t.oid = i.indrelid join pg_class c on c.oid = i.indexrelid join pg_am am on am.oid = c.relam
    where t.relnamespace = 'public'::regnamespace and i.indisvalid`);

/**
 * Has the planner believe that every table of a database has a million rows of which nothing else is known, and keeps autovacuum from
 * telling it better: what it chooses depends on the indexes alone.
 */
export async function pretendMany(run: Sql): Promise<void> {
  await run(`do $$ declare of_table regclass; begin
    for of_table in select oid::regclass from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' loop
      execute format('alter table %s set (autovacuum_enabled = off)', of_table);
    end loop;
    delete from pg_statistic where starelid in (select oid from pg_class where relnamespace = 'public'::regnamespace);
    update pg_class set reltuples = 1000000, relpages = case relkind when 'r' then 1 else 2 end
      where relnamespace = 'public'::regnamespace and relkind in ('r', 'i');
  end $$`);
}

/** What entities promise of their columns, keys and links that no index keeps, by the name of the entity and its field. */
export function unserved(entities: readonly EntityClass[], indexes: readonly Index[]): string[] {
  return entities.map(declarationOf).flatMap((declaration) => {
    const own = indexes.filter(({ table, isPartial }) => table === declaration.table && !isPartial);
    return [...columnsOf(declaration, own), ...keysOf(declaration, own)].map((problem) => `${declaration.entity.name}.${problem}`);
  });
}

function columnsOf({ fields }: EntityDeclaration, own: readonly Index[]): string[] {
  return [...fields.values()].flatMap((field) => {
    if (field.is === 'computed') return [];
    const leading = own.filter(({ method, columns }) => method === 'btree' && columns[0]!.name === field.column);
    const isOpen = field.is === 'toOne' || field.filter || field.order;
    const isSorted = field.is === 'column' && field.kind === 'string' && (field.order || (field.filter && !field.enum));
    const isByCodePoint = ({ columns: [first] }: Index): boolean => first!.collation === 'C' || first!.operators === 'text_pattern_ops';
    const servesSearch = ({ method, columns: [first] }: Index): boolean =>
      method === 'gin' && first!.name === field.column && first!.operators === 'gin_trgm_ops' && first!.collation === 'default';
    return [
      ...(isOpen && leading.length === 0 ? [`${field.property}: no index begins with it`] : []),
      ...(isSorted && leading.length > 0 && !leading.some(isByCodePoint) ? [`${field.property}: its index is not by code point`] : []),
      ...(field.is === 'column' && field.search && !own.some(servesSearch) ? [`${field.property}: no index finds what it contains`] : []),
    ];
  });
}

function keysOf(declaration: EntityDeclaration, own: readonly Index[]): string[] {
  const { keys = [], links = [], streams = [], fields } = declaration;
  const unique = [...fields.values()].filter((field) => field.is !== 'computed' && field.unique).map(({ property }) => [property]);
  const wanted = [
    ...unique,
    ...keys.map((key) => (typeof key === 'string' ? [key] : [...key])),
    ...links.map(({ from, to }) => [from, to]),
    ...streams.map(({ by, column }) => (by === undefined ? [column] : [by, column])),
  ];
  const isKept = (properties: readonly string[]): boolean => {
    const columns = properties.map((property) => columnName(declaration, property)).sort();
    return own.some(
      (index) =>
        index.isUnique &&
        index.columns
          .map(({ name }) => name)
          .sort()
          .join() === columns.join(),
    );
  };
  return [...new Set(wanted.filter((each) => !isKept(each)).map((each) => `${each.join('+')}: nothing keeps it unique`))];
}
