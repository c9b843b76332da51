import { declareEnum, type ValueOf } from '#core/database/declare/declaration.js';

/** How much something that was logged matters. */
export const LogLevel = declareEnum('LogLevel', 'How much something that was logged matters', {
  DEBUG: 'For developers',
  INFO: 'For whoever watches',
  WARN: 'Something was refused, skipped or recovered',
  ERROR: 'Something failed',
});
export type LogLevel = ValueOf<typeof LogLevel>;
