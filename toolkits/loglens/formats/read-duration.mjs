const WITH_UNIT = /^(\d+(?:\.\d+)?)\s?(ns|us|µs|μs|ms|s|m)?$/;

/** @type {Record<string, number>} */
const MS_PER = { ns: 1e-6, us: 1e-3, µs: 1e-3, μs: 1e-3, ms: 1, s: 1000, m: 60_000 };

/**
 * The milliseconds of a number in the given unit, or of a text that may name its own, such as `12.5ms` or `1.2s`.
 * @param {unknown} value
 * @param {'ms' | 's'} unit
 * @returns {number | undefined}
 */
export function readDuration(value, unit) {
  if (typeof value === 'number') return value >= 0 ? value * (MS_PER[unit] ?? 1) : undefined;
  const match = typeof value === 'string' ? WITH_UNIT.exec(value) : null;
  return match ? Number(match[1]) * (MS_PER[match[2] ?? unit] ?? 1) : undefined;
}
