import { writeFile } from 'node:fs/promises';
import { graph } from './domains.js';
import { permissionsMatrix } from './permissions-matrix.js';

// Writes docs/permissions-matrix.md as the code says it.
await writeFile(process.argv[2] ?? 'docs/permissions-matrix.md', await permissionsMatrix(graph));
