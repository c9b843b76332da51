import type { SealedColumn } from '#core/database/sealed-column.js';
import { Setting } from './setting.entity.js';

/** Where the values of encrypted settings are sealed. */
export const sealedSettings: SealedColumn<Setting> = {
  entity: Setting,
  property: 'sealedValue',
  context: ({ id }) => `settings:${id}`,
};
