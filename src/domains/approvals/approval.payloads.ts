import { Changed, Payload } from '#core/graph/payload.js';
import { Approval } from './approval.entity.js';

/** Something was decided. */
@Payload('Something was decided')
export class DecideApprovalPayload {
  @Changed(() => Approval, 'The approval; it still waits when others have to agree too')
  approval!: Approval;
}
