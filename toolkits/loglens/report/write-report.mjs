import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Leaves the report as a file, with lists that are too long for a result.
 * @param {string} folder
 * @param {ReturnType<typeof import('./build-report.mjs').buildReport>} report
 */
export const writeReport = (folder, report) => writeFile(join(folder, 'report.json'), `${JSON.stringify(report, null, 2)}\n`);
