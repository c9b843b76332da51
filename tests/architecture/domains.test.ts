/// <reference types="vite/client" />
import { expect, test } from 'vitest';
import { declarationOf } from '#core/database/declare/registry.js';
import { Policies } from '#core/policy/policy.js';

import { domains, graph } from '../../src/domains.js';

const policies = new Policies(domains.flatMap((domain) => domain.policies ?? []));
const inGraph = domains.flatMap(({ entities = [] }) => entities).filter((entity) => declarationOf(entity).name);

test('every entity, resolver, policy and feed file belongs to a domain that lists it', () => {
  const modules = import.meta.glob<object>('../../dist/src/domains/**/*.{entity,resolver,policy,feed}.js', { eager: true });
  const listed = new Set<unknown>(
    domains.flatMap(({ entities = [], resolvers = [], feeds = [], policies: stated = [] }) => [
      ...entities,
      ...resolvers,
      ...feeds,
      ...stated,
    ]),
  );

  const forgotten = Object.entries(modules).filter(
    ([, module]) =>
      !Object.values(module)
        .flat()
        .some((each) => listed.has(each)),
  );

  expect(Object.keys(modules).length).toBeGreaterThan(10);
  expect(forgotten.map(([file]) => file)).toEqual([]);
});

test('every type of the graph states who sees it', () => {
  expect(inGraph.filter((entity) => !policies.states(entity)).map(({ name }) => name)).toEqual([]);
});

test('no two types have the same number', () => {
  const numbers = graph.declared.map((entity) => declarationOf(entity).type);

  expect(new Set(numbers).size).toBe(numbers.length);
  expect(numbers.filter((number) => number < 1 || number > 4095)).toEqual([]);
});

test('every column with sealed texts is listed by its domain, so that upkeep.reencrypt finds it', () => {
  const columns = graph.declared.flatMap((entity) =>
    [...declarationOf(entity).fields.values()].flatMap((field) =>
      field.is === 'column' && /^sealed[A-Z]/.test(field.property) ? [`${entity.name}.${field.property}`] : [],
    ),
  );

  expect(columns.length).toBeGreaterThan(1);
  expect(graph.sealed.map(({ entity, property }) => `${entity.name}.${property}`).sort()).toEqual(columns.sort());
});
