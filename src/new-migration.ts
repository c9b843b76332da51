import { fileURLToPath } from 'node:url';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '#core/database/embedded/start-embedded-postgres.js';
import { openDatabase } from '#core/database/open-database.js';
import { graph } from './domains.js';

// Writes a migration that brings the schema of the committed migrations to what the entities declare. Its SQL is to be reviewed.
const compiled = fileURLToPath(new URL('../migrations', import.meta.url));
const dataDir = join(tmpdir(), `signalbox-migration-${process.pid}`);
const embedded = await startEmbeddedPostgres({ dataDir });
const database = await openDatabase({ url: embedded.url, entities: graph.mapped, migrations: compiled });
try {
  await database.orm.migrator.up();
  const { fileName } = await database.orm.migrator.create(join(process.cwd(), 'migrations'));
  process.stdout.write(fileName ? `migrations/${fileName}\n` : 'The migrations and the entities agree.\n');
} finally {
  await database.close();
  await embedded.stop();
  await rm(dataDir, { recursive: true, force: true });
}
