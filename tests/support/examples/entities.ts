import type { EntityClass } from '#core/database/declare/declaration.js';
import { declarationOf } from '#core/database/declare/registry.js';
import type { Examples } from './example.js';

/**
 * Examples of what an entity has by its declaration: its lookup, of a row that is nobody's, which only who sees every row finds; and its
 * list, which its feed has the name of, of one row.
 */
export function entityExamples(entities: readonly EntityClass[]): Examples {
  const examples: Examples = {};
  for (const entity of entities) {
    const { one, many, extracts = [] } = declarationOf(entity);
    if (one) examples[one] = ({ rowOf, seesAll }) => ({ args: { id: rowOf(entity) }, isNull: !seesAll(entity) });
    for (const list of [...(many ? [many] : []), ...extracts.map(({ name }) => name)])
      examples[list] = () => ({ args: { last: 1 }, isNull: false });
  }
  return examples;
}
