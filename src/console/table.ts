/** Rows as text, in columns below their names. */
export function table(columns: readonly string[], rows: readonly (readonly unknown[])[]): string {
  const texts = [columns, ...rows].map((row) => row.map((value) => (value === null || value === undefined ? '-' : String(value))));
  const widths = columns.map((_, at) => Math.max(...texts.map((row) => row[at]!.length)));
  return texts
    .map((row) =>
      row
        .map((text, at) => text.padEnd(widths[at]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
