// Who may import whom. `npm run check` runs it, and makes sure that it really read the modules.

/** Which domains' doors (index.ts) and entity files a domain may import. */
const mayOpen = {
  identity: [],
  audit: ['identity'],
  files: ['identity'],
  jobs: ['identity', 'files', 'observability'],
  settings: ['identity'],
  observability: [],
  toolkits: ['identity', 'files', 'jobs', 'settings'],
  approvals: ['identity', 'settings'],
  vault: ['identity'],
  tools: ['identity', 'audit', 'settings', 'observability', 'jobs', 'approvals', 'vault'],
};

/** Core, lowest first: a part may import only the parts before it. */
const core = [
  'log',
  'errors',
  'network',
  'secrets',
  'redis',
  'database',
  'backup',
  'policy',
  'feed',
  'post',
  'settings',
  'jobs',
  'graph',
  'server',
];

const doorTable = Object.entries(mayOpen).map(([domain, others]) => ({
  name: `domain-${domain}`,
  comment: `${domain} may open: ${others.join(', ') || 'no other domain'}`,
  severity: 'error',
  from: { path: `^src/domains/${domain}/` },
  to: { path: '^src/domains/', pathNot: `^src/domains/(${[domain, ...others].join('|')})/` },
}));

const coreOrder = core.map((part, i) => ({
  name: `core-${part}`,
  comment: `core/${part} may import only the parts below it`,
  severity: 'error',
  from: { path: `^src/core/${part}/` },
  to: { path: '^src/core/', pathNot: `^src/core/(${core.slice(0, i + 1).join('|')})/` },
}));

export default {
  forbidden: [
    ...doorTable,
    {
      name: 'every-domain-has-a-row',
      comment: 'what a domain that is missing in mayOpen opens would not be looked at',
      severity: 'error',
      from: { path: '^src/domains/', pathNot: `^src/domains/(${Object.keys(mayOpen).join('|')})/` },
      to: {},
    },
    ...coreOrder,
    {
      name: 'core-knows-no-domain',
      severity: 'error',
      from: { path: '^src/core/' },
      to: { path: '^src/(domains/|api/|commands/|console/|[^/]+[.]ts$)' },
    },
    {
      name: 'only-the-door',
      comment: 'another domain is reached by its index.ts or an entity file',
      severity: 'error',
      from: { path: '^src/domains/([^/]+)/' },
      to: {
        path: '^src/domains/',
        pathNot: ['^src/domains/$1/', '^src/domains/[^/]+/index[.]ts$', '[.]entity[.]ts$'],
      },
    },
    {
      name: 'entry-points-are-ends',
      severity: 'error',
      from: { path: '^src/(core|domains)/' },
      to: { path: '^src/(api/|commands/|console/|[^/]+[.]ts$)' },
    },
    {
      name: 'domains-know-no-server',
      severity: 'error',
      from: { path: '^src/domains/' },
      to: { path: '^src/core/server/' },
    },
    {
      name: 'graphql-stays-at-the-edge',
      severity: 'error',
      from: { path: '^src/domains/', pathNot: '[.](entity|resolver|inputs|payloads|feed)[.]ts$' },
      to: { path: 'node_modules/(type-graphql|graphql)/' },
    },
    {
      name: 'postgres-stays-in-core',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/core/(database|backup|feed|jobs)/' },
      to: { path: 'node_modules/(pg|pg-copy-streams)/' },
    },
    {
      name: 'redis-stays-in-core',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/core/redis/' },
      to: { path: 'node_modules/@redis/' },
    },
    {
      name: 'no-cycles',
      comment: 'entities of one domain may point at each other with () => X',
      severity: 'error',
      from: { pathNot: '[.]entity[.]ts$' },
      to: { circular: true },
    },
    {
      name: 'src-knows-no-tests',
      severity: 'error',
      from: { path: '^src/', pathNot: '[.]test[.]ts$' },
      to: { path: '^tests/|[.]test[.]ts$' },
    },
  ],
  options: {
    parser: 'swc', // With TypeScript 7 the default parser reads no file, and everything passes.
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      conditionNames: ['signalbox', 'import', 'node', 'default'],
      extensions: ['.ts', '.js', '.mjs'],
    },
  },
};
