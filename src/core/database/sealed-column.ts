import type { EntityClass } from './declare/declaration.js';

/** A column that holds sealed texts, and what each of them is bound to. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export interface SealedColumn<Row extends { id: string } = any> {
  readonly entity: EntityClass<Row>;
  /** The property that holds them. */
  readonly property: keyof Row & string;
  /** The property that holds the id of their key, where people see it. */
  readonly keyProperty?: keyof Row & string;
  /** Relations whose rows the context takes from. */
  readonly needs?: readonly (keyof Row & string)[];
  /** Whether a server does not start when it cannot open them. */
  readonly isRequired?: boolean;
  readonly context: (row: Row) => string;
}

/** All columns of this installation that hold sealed texts. */
export class SealedColumns {
  constructor(readonly all: readonly SealedColumn[]) {}
}
