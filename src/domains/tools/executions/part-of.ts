import type { WriteContext } from '#core/feed/write.js';

/** The same context, whose changes are recorded as belonging to an execution. */
export const partOf = <Context extends WriteContext>(context: Context, executionId: string): Context => ({
  ...context,
  record: (action, subject, more) => context.record(action, subject, { ...more, executionId }),
});
