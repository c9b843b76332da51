/** Signalbox takes results of up to 256 KiB. */
const LARGEST_BYTES = 240 * 1024;

/**
 * Shortens the lists of a report that would be too large, and says so in its warnings.
 * @param {ReturnType<typeof import('./build-report.mjs').buildReport>} report
 */
export function fitReport(report) {
  const lists = [report.messages, report.errors];
  const { requests } = report;
  const paths = requests ? [requests.topPaths, requests.slowestPaths, requests.topClients] : [];
  let isShortened = false;
  while (Buffer.byteLength(JSON.stringify(report)) > LARGEST_BYTES) {
    isShortened = true;
    for (const list of [...lists, ...paths]) list.top.length = Math.floor(list.top.length / 2);
    if (requests) requests.slowestRequests.length = Math.floor(requests.slowestRequests.length / 2);
  }
  if (isShortened) report.warnings.push('The lists were shortened, because the report would have been too large.');
  return report;
}
