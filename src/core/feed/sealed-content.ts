import type { ColumnDeclaration } from '#core/database/declare/declaration.js';
import { declarationOf } from '#core/database/declare/registry.js';
import { Change } from './change.entity.js';
import { entryDigest } from './digests.js';

/** A row of the change table, as the driver reads it or as JSON that PostgreSQL made of it. */
export type ChangeRow = Readonly<Record<string, unknown>> & {
  readonly id: string;
  readonly position: string | number | null;
  readonly created_at: Date | string;
  readonly retention_days: number;
};

const dayMs = 86_400_000;

/** A change as its digest is made of it, and as an export shows it: what was written with it, by property; its position belongs to the seal. */
export function contentOfChange(row: ChangeRow): Record<string, unknown> {
  return Object.fromEntries(
    [...declarationOf(Change).fields.values()]
      .filter((field) => field.is === 'column' && field.property !== 'position')
      .map((field) => {
        const { column, kind } = field as ColumnDeclaration;
        const value = row[column] ?? null;
        return [field.property, kind === 'time' ? new Date(value as string).toISOString() : value];
      }),
  );
}

/** The digest of a change. */
export const digestOfChange = (row: ChangeRow): string => entryDigest(contentOfChange(row));

/** Until when a change is kept. */
export const expiryOf = ({ created_at, retention_days }: ChangeRow): string =>
  new Date(new Date(created_at).getTime() + retention_days * dayMs).toISOString();
