import { round } from './round.mjs';

/**
 * The lines and errors over time in at most 120 buckets of one width, and where the error rate jumped.
 * @param {import('../figures/time-buckets.mjs').TimeBuckets} buckets
 * @param {import('../figures/error-jumps.mjs').ErrorJumps} jumps
 */
export function reportRates(buckets, jumps) {
  const list = buckets.list();
  const bucketSeconds = (list[0]?.widthMs ?? 0) / 1000;
  const highest = list.reduce((most, bucket) => Math.max(most, bucket.lines), 0);
  const lines = list.reduce((sum, bucket) => sum + bucket.lines, 0);
  return {
    bucketSeconds,
    meanPerSecond: list.length > 0 ? round(lines / (list.length * bucketSeconds)) : 0,
    peakPerSecond: list.length > 0 ? round(highest / bucketSeconds) : 0,
    buckets: list.map((bucket) => ({
      at: new Date(bucket.startMs).toISOString(),
      lines: bucket.lines,
      errors: bucket.errors,
    })),
    errorJumps: jumps.list.map(({ startMs, rate, rateBefore }) => ({
      at: new Date(startMs).toISOString(),
      rate: round(rate),
      rateBefore: round(rateBefore),
    })),
  };
}
