import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import type { GraphContext } from '#core/graph/context.js';
import { redactParameters } from '../executions/redact-parameters.js';
import type { Served } from './find-served.js';
import { schemaOfOwn } from './own-tool.js';
import { ownToolsAt } from './own-tools.js';
import { findServedTool } from './served-tools.js';

const longestName = 200;

/** What a client asks, for the activity log: arguments as executions show them, without what looks like a secret. */
export async function describeRequest(
  context: GraphContext,
  served: Served,
  message: JSONRPCMessage,
): Promise<{ message: string; details: Record<string, unknown> }> {
  if (!('method' in message)) return { message: 'An answer of the client', details: {} };
  const { method, params } = message;
  if (method !== 'tools/call') return { message: method.slice(0, longestName), details: { method: method.slice(0, longestName) } };
  const { name: called, arguments: given = {} } = (params ?? {}) as { name?: unknown; arguments?: unknown };
  const name = typeof called === 'string' ? called.slice(0, longestName) : '';
  return { message: `${method} ${name}`, details: { method, tool: name, arguments: await shownOf(context, served, name, given) } };
}

async function shownOf(context: GraphContext, served: Served, name: string, given: unknown): Promise<unknown> {
  if (typeof given !== 'object' || given === null) return null;
  const own = ownToolsAt(served.slug).find((each) => each.name === name);
  if (!own) {
    const tool = served.id === null ? null : await findServedTool(context, served.id, name);
    return takenOf(given, tool ? (tool.inputSchema ?? none) : none);
  }
  return takenOf(given, schemaOfOwn(own));
}

const none = { type: 'object', additionalProperties: false };

/** Arguments as a schema shows them. What it does not take may be anything, such as the value of a secret under another name. */
function takenOf(given: object, schema: { type: string; properties?: unknown; additionalProperties?: unknown }): unknown {
  const isTaken = (key: string): boolean =>
    schema.additionalProperties !== false || Object.hasOwn((schema.properties ?? {}) as object, key);
  const taken = Object.entries(given).map(([key, value]) => [key, isTaken(key) ? value : '[not taken]']);
  return redactParameters(Object.fromEntries(taken), schema).shown;
}
