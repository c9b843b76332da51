import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const built = fileURLToPath(new URL('dist', import.meta.url));

/** What both kinds of tests have; import conditions say what `#core` and `#domains` are. */
const project = (name: string, conditions: string[]) => ({
  // The tests have entities of their own, whose decorators need what it says.
  tsconfig: 'tsconfig.check.json',
  ssr: { resolve: { conditions } },
  test: { name, setupFiles: ['tests/support/setup.ts'], testTimeout: 30_000, hookTimeout: 60_000 },
});

const unit = project('unit', ['signalbox', 'node', 'module']);
const whole = project('whole', ['node', 'module', 'default']);

/** The tests beside the code run its sources; those of `tests` run what was built of them, which loads three times faster. */
export default defineConfig({
  test: {
    globalSetup: ['tests/support/global-setup.ts'],
    maxWorkers: 2,
    projects: [
      { ...unit, test: { ...unit.test, include: ['src/**/*.test.ts', 'toolkits/**/*.test.mjs', 'scripts/**/*.test.mjs'] } },
      {
        ...whole,
        resolve: {
          alias: [
            // Node.js takes GraphQL's CommonJS build; a second copy in one process would be another realm.
            { find: /^graphql$/, replacement: 'graphql/index.js' },
            { find: /^(?:\.\.\/)+src\/(.*)\.js$/, replacement: `${built}/src/$1.js` },
          ],
        },
        test: {
          ...whole.test,
          include: ['tests/**/*.test.ts'],
          server: { deps: { external: [/\/dist\//] } },
          // What is waited for comes soon or never; a busy machine is no reason to fail.
          expect: { poll: { timeout: 20_000 } },
        },
      },
    ],
  },
});
