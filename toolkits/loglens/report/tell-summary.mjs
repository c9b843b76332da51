import { writeCount, writeDuration, writeShare, writeSize } from './written-numbers.mjs';

/** @typedef {ReturnType<typeof import('./build-report.mjs').buildReport>} Report */

/**
 * Tells the top findings of a report in a few log lines.
 * @param {Report} report
 * @param {import('./narrator.mjs').Narrator} narrator
 * @param {number} elapsedMs
 */
export function tellSummary(report, narrator, elapsedMs) {
  for (const warning of report.warnings) narrator.say('WARN', warning);
  const { lines, levels, errors, requests } = report;
  const [error] = errors.top;
  if (error) narrator.say('WARN', `Most frequent error, ${writeCount(error.count)} times: ${error.template}`);
  if (requests) tellRequests(requests, narrator);
  if (lines.unparsed > 0) narrator.say('WARN', `${writeCount(lines.unparsed)} lines were of no known format`);
  const perSecond = lines.total / Math.max(elapsedMs / 1000, 0.001);
  const read = `${writeCount(lines.total)} lines (${writeSize(report.bytes)}) in ${writeDuration(elapsedMs)}`;
  const failures = `${writeCount(levels.ERROR + levels.FATAL)} errors, ${writeCount(levels.WARN)} warnings`;
  narrator.say('INFO', `Done: ${read}, ${writeCount(perSecond)} lines/s · ${failures}`);
}

/**
 * @param {NonNullable<Report['requests']>} requests
 * @param {import('./narrator.mjs').Narrator} narrator
 */
function tellRequests(requests, narrator) {
  const failed = requests.statusClasses['5xx'] ?? 0;
  const share = `${writeCount(failed)} of ${writeCount(requests.count)} requests failed (${writeShare(failed / requests.count)})`;
  narrator.say(failed > 0 ? 'WARN' : 'INFO', share);
  const [slowest] = requests.slowestRequests;
  if (!slowest) return;
  const request = `${slowest.method ?? ''} ${slowest.path} took ${writeDuration(slowest.durationMs)}`;
  narrator.say('INFO', `Slowest request: ${request}`);
}
