import { declareEnum, type ValueOf } from '#core/database/declare/declaration.js';

/** What somebody did, or tried to do, with the value of a secret. */
export const SecretAccessType = declareEnum('SecretAccessType', 'What somebody did, or tried to do, with the value of a secret', {
  READ: 'Read it',
  WRITE: 'Set or rotated it',
  DELETE: 'Deleted the secret',
});
export type SecretAccessType = ValueOf<typeof SecretAccessType>;
