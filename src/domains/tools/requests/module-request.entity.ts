import type { Ref } from '@mikro-orm/core';
import { Index } from '@mikro-orm/decorators/legacy';
import { Column } from '#core/database/declare/column.js';
import { Table } from '#core/database/declare/table.js';
import { ToOne } from '#core/database/declare/to-one.js';
import { McpServer } from '../servers/mcp-server.entity.js';
import { Tool } from '../tool.entity.js';
import { AccessRequest } from './access-request.js';

/** What somebody asked for: that code in the sandbox may import a Python module. */
@Table({
  name: 'ModuleRequest',
  type: 65,
  table: 'module_requests',
  description:
    'What somebody asked for: that code in the sandbox may import a Python module; seen by holders of tool:read and by who asked',
  one: 'moduleRequest',
  many: 'moduleRequests',
})
@Index({
  name: 'module_requests_pending_of_tool',
  expression: `create unique index "module_requests_pending_of_tool" on "module_requests" ("tool_id", "module_name") where "status" = 'PENDING' and "tool_id" is not null`,
})
@Index({
  name: 'module_requests_pending_of_server',
  expression: `create unique index "module_requests_pending_of_server" on "module_requests" (coalesce("server_id", '00000000-0000-0000-0000-000000000000'), "module_name") where "status" = 'PENDING' and "tool_id" is null`,
})
export class ModuleRequest extends AccessRequest {
  @ToOne(() => Tool, {
    description: 'Tool that asked; null when an administrator added it',
    nullable: true,
    filter: true,
    onDelete: 'cascade',
    inverse: { name: 'moduleRequests', description: 'Requests for modules that the tool asked for' },
  })
  tool: Ref<Tool> | null = null;

  @ToOne(() => McpServer, {
    description: 'MCP server whose tool asked; null when an administrator added it for all',
    nullable: true,
    filter: true,
    onDelete: 'cascade',
    inverse: { name: 'moduleRequests', description: 'Requests for modules that its tools or administrators asked for' },
  })
  server: Ref<McpServer> | null = null;

  @Column({ kind: 'string', description: 'Python module, such as xml.etree.ElementTree', filter: true })
  moduleName!: string;
}
