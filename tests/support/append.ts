import { append } from '#core/feed/streams.js';
import type { WriteSystem } from '#core/feed/write.js';
import { JobLogLine } from '#domains/jobs/job-log-line.entity.js';
import { linesOf } from '#domains/jobs/job-streams.js';

/** A line as a run would print it. */
export const aLine = (jobId: string, text: string, attempt = 1): object => ({
  job: jobId,
  attempt,
  stream: 'STDOUT',
  level: 'INFO',
  text,
  fields: null,
  createdAt: new Date(),
});

/** Appends lines to a job that nobody runs; returns the last position, or null when the writer may not write. */
export async function appendLines(
  { database, bell }: WriteSystem,
  jobId: string,
  texts: readonly string[],
  { fence = 0, isRung = true }: { fence?: number; isRung?: boolean } = {},
): Promise<number | null> {
  const last = await append(
    database.fork(),
    { stream: linesOf(jobId), fence, entity: JobLogLine, column: 'seq' },
    texts.map((text) => aLine(jobId, text)),
  );
  if (isRung) bell.ring(linesOf(jobId));
  return last;
}
