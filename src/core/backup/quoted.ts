/** A name as SQL has it. */
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** The columns of a table as SQL lists them. */
export const columnList = (columns: readonly string[]): string => columns.map(quoted).join(', ');
