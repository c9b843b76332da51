import { Field, ID } from 'type-graphql';
import { Changed, Payload } from '#core/graph/payload.js';
import { McpServer } from './mcp-server.entity.js';

/** An MCP server was created. */
@Payload('An MCP server was created, without tools')
export class CreateMcpServerPayload {
  @Changed(() => McpServer, 'The MCP server')
  mcpServer!: McpServer;
}

/** An MCP server was changed. */
@Payload('An MCP server was changed')
export class UpdateMcpServerPayload {
  @Changed(() => McpServer, 'The MCP server')
  mcpServer!: McpServer;
}

/** An MCP server was started. */
@Payload('An MCP server runs')
export class StartMcpServerPayload {
  @Changed(() => McpServer, 'The MCP server')
  mcpServer!: McpServer;
}

/** An MCP server was stopped. */
@Payload('An MCP server does not run any more')
export class StopMcpServerPayload {
  @Changed(() => McpServer, 'The MCP server')
  mcpServer!: McpServer;
}

/** An MCP server was deleted. */
@Payload('An MCP server was deleted, with its tools, sources, requests and uses')
export class DeleteMcpServerPayload {
  @Field(() => ID, { description: 'Id of the MCP server that is gone' })
  id!: string;
}
