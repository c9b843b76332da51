import { write } from '#core/feed/write.js';
import type { OwnOperation, OwnRun } from '#core/jobs/own-operation.js';
import { createCheckpoint } from './create-checkpoint.js';
import { ownOrigin } from '#core/feed/origin.js';

/** Signs how the chain stands, every hour in which somebody did something. */
export const checkpointAudit: OwnOperation = {
  name: 'checkpointAudit',
  description: 'Signs how the chain of the audit trail stands, and writes the checkpoint to the log',
  cron: '7 * * * *',
  guardedBy: 'audit:checkpoint',
  run: async ({ system, log }: OwnRun) => {
    await system.sequencer.run();
    const { result } = await write(system, ownOrigin, (context) => createCheckpoint(context));
    await log('INFO', `Link ${result.number} is signed`, { number: result.number, digest: result.digest });
    return { number: result.number, digest: result.digest };
  },
};
