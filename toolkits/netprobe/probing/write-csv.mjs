import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Writes rows into a CSV file (RFC 4180) of the run's output.
 * @param {{ folder: string }} output
 * @param {string} name
 * @param {readonly string[]} columns
 * @param {readonly Record<string, unknown>[]} rows
 */
export async function writeCsv({ folder }, name, columns, rows) {
  const lines = [columns, ...rows.map((row) => columns.map((column) => row[column]))].map((cells) => cells.map(cellOf).join(','));
  await writeFile(join(folder, name), `${lines.join('\r\n')}\r\n`);
}

function cellOf(value) {
  const text = value === null || value === undefined ? '' : String(value);
  // A spreadsheet would take a text that others sent for a formula.
  const safe = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
