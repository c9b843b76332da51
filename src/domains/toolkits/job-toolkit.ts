import { relation } from '#core/database/declare/relation.js';
import { Job } from '#domains/jobs/job.entity.js';
import { Toolkit } from './toolkit.entity.js';

/** The toolkit of a job; jobs know no more of it than its id. */
export const jobToolkit = relation({
  of: Job,
  key: 'toolkitId',
  name: 'toolkit',
  to: Toolkit,
  description: 'Toolkit whose operation it runs',
  filter: true,
  inverse: { name: 'jobs', description: 'Jobs that run its operations' },
  onDelete: 'set null',
});
