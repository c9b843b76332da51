import { setting } from '#core/settings/setting.js';

/** Whether the schema may be asked for. */
export const introspection = setting({
  key: 'graph.introspection',
  description: 'Whether the schema may be asked for by introspection, and errors suggest names of it; off in production at first',
  schema: { type: 'boolean' },
  default: true,
  isFeatureFlag: true,
});

/** Whether a browser gets GraphiQL. */
export const graphiql = setting({
  key: 'graph.graphiql',
  description: 'Whether a browser that opens the server gets GraphiQL; off in production at first',
  schema: { type: 'boolean' },
  default: true,
  isFeatureFlag: true,
});

/** Whether superusers are bound to trusted documents. */
export const superusersSendAny = setting({
  key: 'graph.superusersSendAnyDocument',
  description: 'Whether superusers may send any document where REQUIRE_TRUSTED_DOCUMENTS allows others trusted ones only',
  schema: { type: 'boolean' },
  default: false,
  isFeatureFlag: true,
});

/** How the graph shows itself. */
export const graphSettings = [introspection, graphiql, superusersSendAny];
