import { writeFile } from 'node:fs/promises';
import { lexicographicSortSchema, printSchema } from 'graphql';
import { graph } from './domains.js';

// Writes the contract: schema.graphql as the code builds it, sorted.
await writeFile(process.argv[2] ?? 'schema.graphql', `${printSchema(lexicographicSortSchema(await graph.schema()))}\n`);
