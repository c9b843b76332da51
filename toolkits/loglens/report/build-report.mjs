import { FORMATS } from '../formats/entry.mjs';
import { clip } from '../figures/clip.mjs';
import { reportMessages } from './report-messages.mjs';
import { reportRates } from './report-rates.mjs';
import { reportRequests } from './report-requests.mjs';
import { writeTime } from './write-time.mjs';

const LONGEST_NAME = 300;

/**
 * Builds the report of a log that was read.
 * @param {import('../log-reading.mjs').LogReading} reading
 * @param {{ name: string, sizeBytes: number, isGzip: boolean, top: number, warnings: string[] }} known
 */
export function buildReport(reading, { name, sizeBytes, isGzip, top, warnings }) {
  const { counts, figures } = reading;
  const detected = counts.mainFormat;
  return {
    file: { name: clip(name, LONGEST_NAME), sizeBytes, isGzip },
    format: {
      detected: detected ?? null,
      title: detected ? FORMATS[/** @type {keyof typeof FORMATS} */ (detected)] : null,
      entries: Object.fromEntries(counts.formats),
    },
    lines: {
      total: counts.total,
      unparsed: counts.unparsed,
      continuation: counts.continuation,
      blank: counts.blank,
      cut: reading.cutLines,
    },
    bytes: reading.bytes,
    unparsedExamples: counts.unparsedExamples,
    time: {
      first: writeTime(figures.firstMs),
      last: writeTime(figures.lastMs),
      undatedEntries: figures.undated,
      entriesWithoutZone: figures.withoutZone,
    },
    levels: { ...figures.levels },
    messages: reportMessages(figures.messages, top),
    errors: reportMessages(figures.errors, top),
    rates: reportRates(figures.buckets, figures.jumps),
    requests: figures.requests.count > 0 ? reportRequests(figures.requests, top) : null,
    warnings: [...warnings],
  };
}
