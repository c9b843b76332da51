import type { Domain } from '#core/graph/domain.js';
import { filePolicies } from './file.policy.js';
import { Upload } from './upload.entity.js';

/** Files that operations read: uploads, and paths below the roots that the operator listed. */
export const files: Domain = {
  name: 'files',
  entities: [Upload],
  policies: filePolicies,
  storedFiles: [{ table: 'uploads', folder: 'uploads', path: 'id' }],
};
