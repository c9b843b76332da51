import { milliseconds } from './milliseconds.mjs';

/**
 * Sums up how long attempts took, by nearest rank; null when none succeeded.
 * @param {readonly number[]} values milliseconds
 */
export function latency(values) {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const at = (part) => milliseconds(sorted[Math.max(Math.ceil(part * sorted.length) - 1, 0)]);
  return { min: at(0), p50: at(0.5), p90: at(0.9), p99: at(0.99), max: at(1) };
}
