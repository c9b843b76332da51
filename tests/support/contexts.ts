import { randomUUID } from 'node:crypto';
import { Authenticator } from '#domains/identity/index.js';
import type { GraphContext } from '#core/graph/context.js';
import { Reader } from '#core/graph/read/reader.js';
import { operationContexts } from '../../src/api/operation-context.js';
import type { TestApp } from './app.js';
import type { Auth } from './client.js';

/** Makes contexts of operations that run in the process of the test, each with a reader of its own. */
export async function contextsFor({ system }: TestApp, { token }: Auth = {}): Promise<() => GraphContext> {
  const client = { credentials: { accessToken: token }, requestId: randomUUID(), traceId: '', sourceIp: null, userAgent: null };
  const context = await operationContexts(system, system.services.get(Authenticator))(client, new AbortController().signal);
  return () => {
    const work = { statements: 0 };
    const reader = new Reader(system.database, context.actor, system.policies, work);
    return Object.assign(Object.create(Object.getPrototypeOf(context) as object) as GraphContext, context, { work, reader });
  };
}
