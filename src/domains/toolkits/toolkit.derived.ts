import { sql } from '#core/database/sql.js';
import { derived } from '#core/graph/derived.js';
import { Operations } from '#core/jobs/operations.js';
import { operationValue } from './operation.js';
import { Toolkit } from './toolkit.entity.js';

/** What is looked up for toolkits: the operations that this process has loaded, by which it also checks what is asked for. */
export const toolkitDerived = [
  derived({
    of: Toolkit,
    name: 'operations',
    kind: operationValue,
    list: true,
    size: 10,
    description: 'What it offers, by name, as the process that answers has loaded it; nothing while it is not loaded',
    async load(reader, ids, _args, services) {
      const all = services.get(Operations).all;
      const rows = await reader.rows(sql`select id, slug from toolkits where id = any(${ids}::uuid[])`);
      return new Map(rows.map(([id, slug]) => [id!, all.filter(({ name }) => name.startsWith(`${slug}.`))]));
    },
  }),
];
