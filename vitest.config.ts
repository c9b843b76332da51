import { defineConfig } from 'vitest/config';

const conditions = ['source', 'node', 'module'];

export default defineConfig({
  // The tests have entities of their own, whose decorators need what it says.
  tsconfig: 'tsconfig.check.json',
  resolve: {
    conditions,
    // type-graphql and Apollo take GraphQL's CommonJS build; a second copy in one process would be another realm.
    alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }],
  },
  ssr: { resolve: { conditions } },
  test: {
    include: ['src/**/*.test.ts', 'tests/**/*.test.ts', 'toolkits/**/*.test.mjs', 'scripts/**/*.test.mjs'],
    globalSetup: ['tests/support/global-setup.ts'],
    setupFiles: ['tests/support/setup.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
});
