import { executeSql, sql } from '#core/database/sql.js';
import type { WriteSystem } from '#core/feed/write.js';
import { FileStore } from '#domains/files/index.js';
import { parseRunName } from './run-name.js';

/**
 * Removes what runs left behind: the folders of those that are over, except files that became the result of their job. Folders of jobs
 * that this database does not know are left alone. Looks at all folders, or at those of these runs.
 */
export async function removeOrphans(
  { database, services }: Pick<WriteSystem, 'database' | 'services'>,
  only?: readonly string[],
): Promise<void> {
  const store = services.get(FileStore);
  // In this order: a folder is made only once its job is RUNNING, and becomes a result in the move that ends this.
  const names = (await store.runNames(only)).filter((name) => parseRunName(name));
  if (names.length === 0) return;
  const runs = names.map((name) => ({ name, ...parseRunName(name)! }));
  const orphans = await executeSql<{ name: string }>(
    database.fork(),
    sql`
    select r.name from unnest(${names}::text[], ${runs.map(({ jobId }) => jobId)}::uuid[], ${runs.map(({ attempt }) => attempt)}::int[]) as r (name, job_id, attempt)
    join jobs j on j.id = r.job_id
    where not (j.status = 'RUNNING' and j.attempts = r.attempt)
      and not exists (select 1 from job_files f where f.job_id = r.job_id and f.attempt = r.attempt)`,
  );
  for (const { name } of orphans) await store.removeRun(name);
}
