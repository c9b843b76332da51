import type { SealedColumn } from '#core/database/sealed-column.js';
import { Totp } from './totp.entity.js';

/** Where the secrets of second factors are sealed. */
export const sealedTotps: SealedColumn<Totp> = {
  entity: Totp,
  property: 'sealedSecret',
  context: ({ id }) => `totps:${id}`,
};
