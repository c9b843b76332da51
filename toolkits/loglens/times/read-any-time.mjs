import { readAccessTime } from './read-access-time.mjs';
import { readIsoTime } from './read-iso-time.mjs';

const LARGEST_SECONDS = 1e11;
const LARGEST_MS = 1e14;
const LARGEST_MICROSECONDS = 1e17;

/**
 * Reads the value of a JSON time field: epoch seconds to nanoseconds, told apart by size, or a written time.
 * @param {unknown} value
 * @returns {{ timeMs: number, hasZone: boolean } | null}
 */
export function readAnyTime(value) {
  if (typeof value === 'number') return fromEpoch(value);
  if (typeof value !== 'string' || value.length < 8) return null;
  const iso = readIsoTime(value, 0);
  if (iso) return iso;
  const number = Number(value);
  if (!Number.isNaN(number)) return fromEpoch(number);
  const access = readAccessTime(value);
  const timeMs = Number.isNaN(access) ? Date.parse(value) : access;
  return Number.isNaN(timeMs) ? null : { timeMs, hasZone: true };
}

/** @param {number} value */
function fromEpoch(value) {
  if (!(value > 0)) return null;
  return { timeMs: Math.round(toMs(value)), hasZone: true };
}

/** @param {number} value */
function toMs(value) {
  if (value < LARGEST_SECONDS) return value * 1000;
  if (value < LARGEST_MS) return value;
  return value < LARGEST_MICROSECONDS ? value / 1000 : value / 1e6;
}
