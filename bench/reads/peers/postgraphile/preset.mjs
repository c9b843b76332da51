import { makePgService } from 'postgraphile/adaptors/pg';
import { PostGraphileAmberPreset } from 'postgraphile/presets/amber';
import { PostGraphileConnectionFilterPreset } from 'postgraphile-plugin-connection-filter';

/** PostGraphile as it comes, with filters; with policy, every operation runs as a role that row-level security binds. */
export function preset({ databaseUrl, withPolicy }) {
  const pgSettings = ({ node }) => ({ role: 'bench_caller', 'bench.user_id': node.req.headers['x-user-id'] });
  return {
    extends: [PostGraphileAmberPreset, PostGraphileConnectionFilterPreset],
    plugins: [benchTablesOnly],
    disablePlugins: ['PgIndexBehaviorsPlugin'],
    pgServices: [makePgService({ connectionString: databaseUrl, schemas: ['public'], poolConfig: { max: 10 } })],
    grafast: { context: (context) => (withPolicy ? { pgSettings: pgSettings(context) } : {}) },
    grafserv: { graphiql: false, watch: false },
  };
}

const benchTablesOnly = {
  name: 'BenchTablesOnlyPlugin',
  version: '1.0.0',
  schema: {
    entityBehavior: {
      pgResource: {
        inferred: {
          after: ['inferred'],
          callback: (behavior, resource) => (resource.name.startsWith('bench_') ? behavior : [behavior, '-*']),
        },
      },
    },
  },
};
