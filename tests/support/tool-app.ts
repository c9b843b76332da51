import { afterAll } from 'vitest';
import { CodeInspector } from '#domains/tools/index.js';
import { startTestApp, type TestApp } from './app.js';
import { openSandbox } from './sandbox/open-sandbox.js';

/** Starts a Signalbox without a worker that looks at Python code in a sandbox of the tests, which starts faster. */
export async function startToolApp(): Promise<TestApp> {
  const app = await startTestApp({ ROLE: 'api' });
  const { sandbox } = await openSandbox({ poolSize: 1 });
  app.system.services.add(new CodeInspector((code) => sandbox.inspect(code)));
  afterAll(() => sandbox.stop());
  return app;
}
