import { graphiql, introspection } from '#core/graph/graph.settings.js';
import { jobRetentionDays } from '#domains/jobs/index.js';
import type { Config } from './config.js';

/** Defaults of settings that the environment of this process decides. */
export const settingDefaults = (config: Config): Readonly<Record<string, unknown>> => ({
  [jobRetentionDays.key]: config.JOB_RETENTION_DAYS,
  // In production nothing of the schema is shown that nobody asked for.
  [introspection.key]: config.NODE_ENV !== 'production',
  [graphiql.key]: config.NODE_ENV !== 'production',
});
