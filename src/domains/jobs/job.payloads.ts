import { Changed, Payload } from '#core/graph/payload.js';
import { Job } from './job.entity.js';

/** A job was put on its queue. */
@Payload('A job was put on its queue')
export class EnqueueJobPayload {
  @Changed(() => Job, 'The job')
  job!: Job;
}

/** A job was run again. */
@Payload('A job was run again, as a new one')
export class RetryJobPayload {
  @Changed(() => Job, 'The new job')
  job!: Job;
}

/** A job was stopped or told to stop. */
@Payload('A job was stopped, or told to stop when it is running')
export class CancelJobPayload {
  @Changed(() => Job, 'The job')
  job!: Job;
}
