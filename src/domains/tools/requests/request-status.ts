import { declareEnum, type ValueOf } from '#core/database/declare/declaration.js';

/** Where a request for a host or a module stands. */
export const RequestStatus = declareEnum('RequestStatus', 'Where a request for a host or a module stands', {
  PENDING: 'Waits for a human',
  APPROVED: 'Somebody agreed; it counts until it is revoked',
  REJECTED: 'Somebody refused it, or it was not decided in time',
});
export type RequestStatus = ValueOf<typeof RequestStatus>;
