/** The command line was not used as it is meant to be: exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
