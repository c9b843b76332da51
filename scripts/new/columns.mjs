import { wordsOf } from './names.mjs';

/** What a column that has to be given looks like in an input, and in a row that a test makes. */
const kinds = {
  id: { type: 'ID', from: 'type-graphql', value: 'newId(1)' },
  string: { type: 'String', value: null },
  int: { type: 'Int', from: 'type-graphql', value: '1' },
  long: { type: 'SafeInt', from: '#core/graph/scalars.js', value: '1' },
  float: { type: 'Float', from: 'type-graphql', value: '1' },
  boolean: { type: 'Boolean', value: 'true' },
  time: { type: 'DateTime', from: '#core/graph/scalars.js', value: 'new Date()' },
  json: { type: 'Json', from: '#core/graph/scalars.js', value: '{}' },
};

/**
 * Reads from an entity's source which properties a new row has to be given: the columns without an initial value. `others` are those
 * that nothing is known to put into: enums and relations.
 */
export function givenIn(source) {
  const declared = source.matchAll(/^  @(Column|ToOne)\(([\s\S]*?)\)\n  (\w+)!: ([^;]+);$/gm);
  const columns = [];
  const others = [];
  for (const [, decorator, options, property, tsType] of declared) {
    const kind = decorator === 'Column' ? kinds[/\bkind: '(\w+)'/.exec(options)?.[1]] : undefined;
    if (kind)
      columns.push({
        property,
        tsType,
        ...kind,
        value: kind.value ?? `'${sample(property)}'`,
        isHidden: /\b(hidden|secret): true/.test(options),
      });
    else others.push(property);
  }
  return { columns, others };
}

const sample = (property) => `${/^[aeiou]/.test(property) ? 'an' : 'a'} ${wordsOf(property)}`;
