import { ID } from 'type-graphql';
import type { EntityClass, EntityDeclaration, FieldDeclaration } from '#core/database/declare/declaration.js';
import { declarationOf } from '#core/database/declare/registry.js';
import { addInputField, inputClass, type InputClass, type InputField } from './input-class.js';
import { operatorsOf } from './operator-inputs.js';

const filters = new WeakMap<EntityClass, InputClass | null>();
const references = new WeakMap<EntityClass, InputClass>();
const lists = new WeakMap<EntityClass, InputClass>();

/** The filter input of an entity; null when nothing of it may be filtered by. */
export function filterInputOf(entity: EntityClass): InputClass | null {
  if (!filters.has(entity)) filters.set(entity, filterInput(declarationOf(entity)));
  return filters.get(entity)!;
}

function filterInput(declaration: EntityDeclaration): InputClass | null {
  const { entity, name, fields } = declaration;
  const columns = [...fields.values()].filter(isFilter);
  const related = [...declaration.lists.values()].filter((list) => list.filter);
  if (name === undefined || columns.length + related.length === 0) return null;
  const own = inputClass(`${name}Filter`, `Conditions on a ${name}; several given ones must all hold`, {});
  // Before its fields: entities point at each other.
  filters.set(entity, own);
  for (const field of columns) addInputField(own, field.property, inputOf(field));
  for (const list of related) {
    const type = listFilter(list.of);
    if (type) addInputField(own, list.name, { type: () => type, description: list.description });
  }
  for (const [combinator, type, description] of [
    ['and', () => [own], 'All of these hold'],
    ['or', () => [own], 'At least one of these holds'],
    ['not', () => own, 'This does not hold'],
  ] as const)
    addInputField(own, combinator, { type, description });
  return own;
}

function isFilter(field: FieldDeclaration): boolean {
  if (field.is === 'computed') return field.sql !== undefined;
  if (field.is === 'toOne') return field.filter;
  return !field.hidden && (field.filter || field.search);
}

function inputOf(field: FieldDeclaration): InputField {
  if (field.is === 'toOne') {
    const type = referenceFilter(field.target());
    return { type: () => type, description: `Id of, or conditions on: ${field.description}` };
  }
  const type = operatorsOf(field.is === 'column' ? field : { kind: field.kind, search: false, filter: true });
  return { type: () => type, description: field.description };
}

function referenceFilter(target: EntityClass): InputClass {
  const { name } = declarationOf(target);
  const known = references.get(target);
  if (known) return known;
  const own = inputClass(`${name}ReferenceFilter`, `Conditions on a ${name} that is pointed at; one that may not be seen counts as null`, {
    eq: { type: () => ID, description: 'Is the one with this id' },
    ne: { type: () => ID, description: 'Is not the one with this id' },
    in: { type: () => [ID], description: 'Is one of those with these ids, at most 500' },
    isNull: { type: () => Boolean, description: 'There is none, or with false: there is one' },
  });
  references.set(target, own);
  const filter = filterInputOf(target);
  if (filter) addInputField(own, 'is', { type: () => filter, description: 'There is one for which these conditions hold' });
  return own;
}

function listFilter(of: EntityClass): InputClass | null {
  // First, because it makes this one too when the type has lists of its own kind.
  const filter = filterInputOf(of);
  const known = lists.get(of);
  if (known || !filter) return known ?? null;
  const { name } = declarationOf(of);
  const own = inputClass(`${name}ListFilter`, `Conditions on a list of ${name}; those that may not be seen do not count`, {
    some: { type: () => filter, description: 'At least one of them is like this' },
    none: { type: () => filter, description: 'None of them is like this' },
  });
  lists.set(of, own);
  return own;
}
