const WHOLE = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

/**
 * A whole number with its thousands parted, `12,345,678`.
 * @param {number} number
 */
export function writeCount(number) {
  return WHOLE.format(number);
}

/**
 * A size in the unit that suits it, `1.2 GB`.
 * @param {number} bytes
 */
export function writeSize(bytes) {
  let size = bytes;
  let unit = 0;
  while (size >= 999.95 && unit < UNITS.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? size : size.toFixed(1)} ${UNITS[unit]}`;
}

/**
 * A share in percent, `41 %` or `0.3 %`.
 * @param {number} share 0 to 1
 */
export function writeShare(share) {
  const percent = share * 100;
  return `${percent > 0 && percent < 10 ? percent.toFixed(1) : percent.toFixed(0)} %`;
}

/**
 * A duration, `12.5 ms` or `1.2 s`.
 * @param {number} ms
 */
export function writeDuration(ms) {
  return ms < 1000 ? `${ms.toFixed(1)} ms` : `${(ms / 1000).toFixed(1)} s`;
}
