import type { SealedColumn } from '#core/database/sealed-column.js';
import { SigningKey } from './signing-key.entity.js';

/** Where the private halves of signing keys are sealed. */
export const sealedSigningKeys: SealedColumn<SigningKey> = {
  entity: SigningKey,
  property: 'sealedPrivateJwk',
  isRequired: true,
  context: ({ id }) => `signing_keys:${id}`,
};
