import type { TestApp } from './app.js';
import { data, type Auth } from './client.js';
import { TestFeed } from './feed.js';
import { mutated } from './mutation.js';
import { eventually } from './probe.js';

const fields = `id status toolName toolVersion parameters result isResultTruncated error stdout durationMs isCached cacheKey requiresApproval isTest
  executedByName startedAt completedAt isSuccessful isPending isRunning isComplete job { id status } approval { id digest status } cacheEntry { id hitCount }`;

/** Asks for a tool to be run; returns the execution as it is then, and the cursor that replays all of it. */
export async function execute(
  app: TestApp,
  input: { tool: string; [field: string]: unknown },
  auth: Auth,
  mutation: 'executeTool' | 'testTool' = 'executeTool',
): Promise<Record<string, any>> {
  const payload = await mutated(app, mutation, input, auth, `cursor toolExecution { ${fields} }`);
  return { ...payload.toolExecution, cursor: payload.cursor };
}

/** An execution as it stands. */
export async function executionOf(app: TestApp, id: string, auth: Auth): Promise<Record<string, any>> {
  const { toolExecution } = await data(app.url, `query($id: ID!) { toolExecution(id: $id) { ${fields} } }`, { id }, auth);
  return toolExecution;
}

/** Waits until an execution has ended. */
export const ended = (app: TestApp, id: string, auth: Auth, ms = 120_000): Promise<Record<string, any>> =>
  eventually(
    `execution ${id} to end`,
    () => executionOf(app, id, auth),
    ({ isComplete }) => isComplete,
    ms,
  );

/** Follows an execution. */
export const followExecution = (app: TestApp, id: string, auth: Auth, after?: string): TestFeed =>
  new TestFeed(
    app.url,
    `subscription($id: ID!, $after: String) { toolExecution(id: $id, after: $after) { state cursor total reason
      items { seq kind status attempt message progress stream execution { status result } } } }`,
    { id, after },
    auth,
    'toolExecution',
  );
