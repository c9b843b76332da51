const filler = 'the quick brown fox jumps over the lazy dog '.repeat(3).slice(0, 120);

/** Milliseconds on the clock that all processes of this machine share. */
export const nowMs = () => Number(process.hrtime.bigint()) / 1e6;

/** Items to publish, from a place on; the text of each begins with the time at which it was made. */
export function makeItems(first, count) {
  const text = `${nowMs().toFixed(3)} ${filler}`;
  return Array.from({ length: count }, (_, i) => ({ seq: first + i, level: 'INFO', text }));
}

/** What every subscriber asks; the cursor comes last so that the items stand at the same place in every message. */
export const document = 'subscription Tail($jobId: ID!) { jobLogs(jobId: $jobId) { items { seq level text } cursor } }';
