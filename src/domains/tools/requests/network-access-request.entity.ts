import type { Ref } from '@mikro-orm/core';
import { Index } from '@mikro-orm/decorators/legacy';
import { Column } from '#core/database/declare/column.js';
import { Table } from '#core/database/declare/table.js';
import { ToOne } from '#core/database/declare/to-one.js';
import { McpServer } from '../servers/mcp-server.entity.js';
import { Tool } from '../tool.entity.js';
import { AccessRequest } from './access-request.js';

/** What somebody asked for: that the tools of a server may reach a host. */
@Table({
  name: 'NetworkAccessRequest',
  type: 64,
  table: 'network_access_requests',
  description: 'What somebody asked for: that the tools of a server may reach a host; seen by holders of tool:read and by who asked',
  one: 'networkAccessRequest',
  many: 'networkAccessRequests',
})
@Index({
  name: 'network_access_requests_pending_of_tool',
  expression: `create unique index "network_access_requests_pending_of_tool" on "network_access_requests" ("tool_id", "host", coalesce("port", 0)) where "status" = 'PENDING' and "tool_id" is not null`,
})
@Index({
  name: 'network_access_requests_pending_of_server',
  expression: `create unique index "network_access_requests_pending_of_server" on "network_access_requests" (coalesce("server_id", '00000000-0000-0000-0000-000000000000'), "host", coalesce("port", 0)) where "status" = 'PENDING' and "tool_id" is null`,
})
export class NetworkAccessRequest extends AccessRequest {
  @ToOne(() => Tool, {
    description: 'Tool that asked; null when an administrator added it',
    nullable: true,
    filter: true,
    onDelete: 'cascade',
    inverse: { name: 'networkAccessRequests', description: 'Requests for hosts that the tool asked for' },
  })
  tool: Ref<Tool> | null = null;

  @ToOne(() => McpServer, {
    description: 'MCP server whose tools it is for',
    nullable: true,
    filter: true,
    onDelete: 'cascade',
    inverse: { name: 'networkAccessRequests', description: 'Requests for hosts that its tools or administrators asked for' },
  })
  server: Ref<McpServer> | null = null;

  @Column({ kind: 'string', description: 'Host name or IP address, in lower case', filter: true })
  host!: string;

  @Column({ kind: 'int', description: 'Port; null for any', nullable: true })
  port: number | null = null;
}
