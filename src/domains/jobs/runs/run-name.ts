/** The name of the folders of one run of a job. */
export const runName = (jobId: string, attempt: number): string => `${jobId}-${attempt}`;

/** The job and the attempt that a name says; null when it is none. */
export function parseRunName(name: string): { jobId: string; attempt: number } | null {
  const found = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})-(\d{1,9})$/.exec(name);
  return found && { jobId: found[1]!, attempt: Number(found[2]) };
}
