import type { Access } from '#core/policy/actor.js';
import type { McpCaller, TellProgress } from './mcp-caller.js';

/** What a call of one of our own tools may use. */
export interface OwnCall extends McpCaller {
  readonly tell: TellProgress | null;
}

/** A tool that Signalbox itself has: it asks the graph, which decides what the caller may do. */
export interface OwnTool {
  readonly name: string;
  readonly description: string;
  /** Properties of its arguments, each a JSON Schema. */
  readonly takes: Readonly<Record<string, object>>;
  readonly requires?: readonly string[];
  /** Who is shown the tool. */
  readonly access: Access;
  run(call: OwnCall, given: Record<string, unknown>): Promise<Record<string, unknown>>;
}

/** The JSON Schema of the arguments of one of our own tools; it takes no others. */
export const schemaOfOwn = ({ takes, requires = [] }: OwnTool): { type: 'object'; [key: string]: unknown } => ({
  type: 'object',
  properties: takes,
  ...(requires.length > 0 && { required: requires }),
  additionalProperties: false,
});
