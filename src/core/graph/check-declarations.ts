import { getMetadataStorage } from 'type-graphql';
import { declarationOf } from '#core/database/declare/registry.js';
import type { EntityClass, EntityDeclaration, FieldDeclaration, StreamDeclaration } from '#core/database/declare/declaration.js';
import { Change } from '#core/feed/change.entity.js';
import type { Policies } from '#core/policy/policy.js';
import type { DerivedDeclaration } from './derived.js';
import type { FeedDeclaration } from './feed.js';
import { Names } from './names.js';

/** What is checked: everything that domains declare for the graph. */
interface Declared {
  readonly entities: readonly EntityClass[];
  readonly derived: readonly DerivedDeclaration[];
  readonly feeds: readonly FeedDeclaration[];
  readonly policies: Policies;
  // eslint-disable-next-line @typescript-eslint/no-unsafe-function-type
  readonly resolvers: readonly Function[];
}

type Note = (problem: string) => void;

/** Throws one error that names everything that is wrong with the declarations, and what to do about it. */
export function checkDeclarations(declared: Declared): void {
  const problems: string[] = [];
  const note: Note = (problem) => void problems.push(problem);
  const declarations = declared.entities.map(declarationOf);
  const known = new Map(declarations.map((each) => [each.entity, each]));
  const names = new Names(note);
  for (const declaration of new Set([declarationOf(Change), ...declarations])) claimOwnNames(declaration, names, note);
  claimRootFields(declared, names);
  for (const declaration of declarations) {
    checkFields(declaration, known, names, note);
    checkLinks(declaration, known, names, note);
    checkKeys(declaration, note);
    checkPointers(declaration, names, note);
    for (const stream of declaration.streams ?? []) checkStream(declaration, stream, note);
    if (declaration.name && !declared.policies.states(declaration.entity))
      note(
        `${nameOf(declaration)} has no policy, so nobody would see it: add policy(${nameOf(declaration)}, …) to the policies of its domain`,
      );
  }
  for (const each of declared.derived) checkDerived(each, known, names, note);
  for (const each of declared.feeds) checkFeed(each, known, note);
  checkPolicies(declared.policies, known, note);
  if (problems.length > 0) throw new Error(`The declarations are wrong:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
}

type Known = ReadonlyMap<EntityClass, EntityDeclaration>;

const nameOf = ({ entity }: EntityDeclaration): string => entity.name;
const fieldOf = (entity: EntityClass, field: string): string => `${declarationOf(entity).name ?? declarationOf(entity).table}.${field}`;
const isColumn = (field: FieldDeclaration | undefined): boolean => field !== undefined && field.is !== 'computed';
const isInGraph = (entity: EntityClass, known: Known): boolean => known.get(entity)?.name !== undefined;
const notInGraph = (entity: EntityClass): string =>
  `${entity.name} is not in the graph: give its @Table a name, and list it in the entities of its domain`;

function claimOwnNames(declaration: EntityDeclaration, names: Names, note: Note): void {
  const { type, table, name, one, many, extracts = [] } = declaration;
  const by = nameOf(declaration);
  if (!Number.isInteger(type) || type < 1 || type > 4095) note(`${by} has the type number ${type}: choose one from 1 to 4095`);
  names.claim(`The type number ${type}`, by);
  names.claim(`The table ${table}`, by);
  if (name) names.claim(`The type ${name}`, by);
  else if (one || many || extracts.length > 0)
    note(`${by} has root fields, but no name: give its @Table a name, or take "one" and "many" away`);
}

function claimRootFields({ entities, feeds, resolvers }: Declared, names: Names): void {
  for (const { one, many, extracts = [], entity } of entities.map(declarationOf)) {
    for (const { name } of extracts) names.claim(`Query.${name}`, `a list of ${entity.name}`);
    if (one) names.claim(`Query.${one}`, `the lookup of ${entity.name}`);
    if (many) names.claim(`Query.${many}`, `the list of ${entity.name}`);
  }
  for (const name of ['node', 'nodes']) names.claim(`Query.${name}`, 'the lookup of any object');
  for (const { name, item } of feeds) names.claim(`Subscription.${name}`, `a feed of ${item.name}`);
  const { queries, mutations, subscriptions } = getMetadataStorage();
  for (const [type, fields] of Object.entries({ Query: queries, Mutation: mutations, Subscription: subscriptions }))
    for (const { schemaName, target } of fields) if (resolvers.includes(target)) names.claim(`${type}.${schemaName}`, target.name);
}

function checkFields(declaration: EntityDeclaration, known: Known, names: Names, note: Note): void {
  const own = nameOf(declaration);
  for (const field of declaration.fields.values()) {
    const where = `${own}.${field.property}`;
    if (declaration.name && (field.is !== 'column' || !field.hidden))
      names.claim(fieldOf(declaration.entity, field.property), `${own} itself`);
    if (field.is === 'computed')
      for (const needed of field.needs.filter((each) => !isColumn(declaration.fields.get(each))))
        note(`${where} needs "${needed}", which is no column of ${own}: its "needs" may name columns and relations only`);
    if (field.is === 'column' && field.list && (field.filter || field.order || field.search || field.unique))
      note(`${where} is a list, which has no index: take "filter", "order", "search" and "unique" away`);
    if (field.is !== 'toOne') continue;
    const target = field.target();
    if (declaration.name && !isInGraph(target, known)) note(`${where} points at ${target.name}, but ${notInGraph(target)}`);
    if (!field.inverse) continue;
    names.claim(fieldOf(target, field.inverse.name), `the inverse of ${where}`);
    if (!declaration.name) note(`${where} gives ${target.name} the field "${field.inverse.name}", but ${notInGraph(declaration.entity)}`);
  }
}

function checkLinks({ entity, fields, links = [] }: EntityDeclaration, known: Known, names: Names, note: Note): void {
  for (const { from, to, name } of links) {
    for (const end of [from, to]) {
      const field = fields.get(end);
      if (field?.is !== 'toOne') note(`The link "${name}" of ${entity.name} names "${end}", which is no relation of it`);
      else if (!isInGraph(field.target(), known)) note(`The link "${name}" of ${entity.name} shows ${notInGraph(field.target())}`);
    }
    const source = fields.get(from);
    if (source?.is === 'toOne') names.claim(fieldOf(source.target(), name), `a link of ${entity.name}`);
  }
}

function checkKeys({ entity, fields, one, keys = [] }: EntityDeclaration, note: Note): void {
  if (keys.length > 0 && !one) note(`${entity.name} has keys, but no lookup that would take them: give its @Table "one"`);
  for (const key of keys.flat()) if (!isColumn(fields.get(key))) note(`${entity.name} has the key "${key}", which is no column of it`);
}

function checkPointers({ entity, name, fields, pointers = [] }: EntityDeclaration, names: Names, note: Note): void {
  for (const pointer of pointers) {
    const kindOf = (property: string): string | null => {
      const field = fields.get(property);
      return field?.is === 'column' && !field.list ? field.kind : null;
    };
    if (name) names.claim(fieldOf(entity, pointer.name), `a pointer of ${entity.name}`);
    if (kindOf(pointer.key) !== 'id' || kindOf(pointer.type) !== 'string')
      note(`The pointer "${pointer.name}" of ${entity.name} needs a column of kind 'id' as its key and one of kind 'string' as its type`);
  }
}

function checkStream({ entity, fields }: EntityDeclaration, { by, column }: StreamDeclaration, note: Note): void {
  const isCounter = (property: string): boolean => {
    const field = fields.get(property);
    return field?.is === 'column' && field.kind === 'long';
  };
  if (by !== undefined) {
    if (fields.get(by)?.is !== 'toOne') note(`${entity.name} has a stream by "${by}", which is no relation of it`);
    if (!isCounter(column)) note(`${entity.name} counts a stream in "${column}": declare that column, with kind 'long'`);
    return;
  }
  // The sequencer knows these columns by their names.
  if (column !== 'position') note(`${entity.name} has a stream over everything in "${column}": its column has to be called position`);
  if (!isCounter('position')) note(`${entity.name} has a stream over everything: declare position, with kind 'long'`);
  if (!isColumn(fields.get('createdAt'))) note(`${entity.name} has a stream over everything: declare createdAt, with kind 'time'`);
}

function checkDerived({ of, name }: DerivedDeclaration, known: Known, names: Names, note: Note): void {
  names.claim(fieldOf(of, name), 'a derived field');
  if (!isInGraph(of, known)) note(`The derived field "${name}" is declared of ${of.name}, but ${notInGraph(of)}`);
}

function checkFeed({ name, item, subject }: FeedDeclaration, known: Known, note: Note): void {
  for (const entity of [item, ...(subject ? [subject.of] : [])])
    if (!isInGraph(entity, known)) return note(`The feed "${name}" shows ${entity.name}, but ${notInGraph(entity)}`);
  const { fields, streams = [] } = known.get(item)!;
  const fits = ({ by }: StreamDeclaration): boolean => {
    if (!subject || by === undefined) return !subject && by === undefined;
    const relation = fields.get(by);
    return relation?.is === 'toOne' && relation.target() === subject.of;
  };
  if (streams.some(fits)) return;
  const wanted = subject ? `{ by: '<its relation to ${subject.of.name}>', column: 'seq' }` : `{ column: 'position' }`;
  note(
    `The feed "${name}" follows ${item.name}${subject ? ` by ${subject.of.name}` : ''}, but its @Table has no such stream: add ${wanted}`,
  );
}

function checkPolicies({ stated }: Policies, known: Known, note: Note): void {
  const seen = new Set<EntityClass>();
  for (const { entity, columns } of stated.filter(({ isNarrowing }) => !isNarrowing)) {
    const declaration = known.get(entity);
    if (seen.has(entity)) note(`${entity.name} has two policies, and only the last one would count: join them to one`);
    seen.add(entity);
    if (!declaration) note(`There is a policy for ${entity.name}, which no domain lists among its entities`);
    else
      for (const property of Object.keys(columns).filter((each) => !isColumn(declaration.fields.get(each))))
        note(`The policy of ${entity.name} restricts "${property}", which is no column of it`);
  }
  for (const { entity } of stated.filter((each) => each.isNarrowing && !seen.has(each.entity)))
    note(`The policy of ${entity.name} is narrowed, but there is none`);
}
