export { lackingForSecret } from './read-secret.js';
export { readSecretForRun } from './read-secret-for-run.js';
export { readServerSecret } from './read-server-secret.js';
export { secretNames } from './secret-names.js';
