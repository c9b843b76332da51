import { isUuid } from '#core/database/id.js';
import { executeSql, sql } from '#core/database/sql.js';
import { notFound } from '#core/errors/not-found.js';
import type { GraphSystem } from '#core/graph/context.js';
import type { Actor } from '#core/policy/actor.js';
import { conditionOf } from '#core/policy/policy.js';
import { FileStore } from '#domains/files/index.js';
import { JobFile } from './job-file.entity.js';
import { runName } from './runs/run-name.js';

/** A file of a job, and where its content lies. */
export type FoundFile = Pick<JobFile, 'name' | 'sizeBytes' | 'sha256' | 'mediaType'> & { path: string };

/** The file of a job that the actor sees; what is hidden is not found. */
export async function findJobFile({ database, policies, services }: GraphSystem, actor: Actor, id: string): Promise<FoundFile> {
  const [file] = isUuid(id)
    ? await executeSql<Omit<FoundFile, 'path'> & { jobId: string; attempt: number }>(
        database.fork(),
        sql`select f.job_id as "jobId", f.attempt, f.name, f.size_bytes::float8 as "sizeBytes", f.sha256, f.media_type as "mediaType"
        from job_files f where f.id = ${id} and ${conditionOf(policies.visible(JobFile, actor, 'f'))}`,
      )
    : [];
  if (!file) throw notFound(`File ${id}`);
  const { jobId, attempt, ...found } = file;
  return { ...found, path: services.get(FileStore).resultPath(runName(jobId, attempt), id) };
}
