import { MutableEntity } from '#core/database/base-entity.js';
import { Column } from '#core/database/declare/column.js';
import { declareEnum, type ValueOf } from '#core/database/declare/declaration.js';
import { Table } from '#core/database/declare/table.js';

/** Whether an MCP server answers. */
export const McpServerStatus = declareEnum('McpServerStatus', 'Whether an MCP server answers', {
  IMPORTED: 'New; nobody has started it',
  READY: 'Has a tool that could be served; nobody has started it',
  RUNNING: 'Serves its approved and enabled tools at /mcp/<slug>',
  STOPPED: 'Somebody stopped it; its tools are not served and cannot be run',
  ERROR: 'Started, but cannot serve; `statusMessage` says why',
});
export type McpServerStatus = ValueOf<typeof McpServerStatus>;

/** A group of tools with secrets, sources and permitted hosts of their own, served to MCP clients. */
@Table({
  name: 'McpServer',
  type: 60,
  table: 'mcp_servers',
  description:
    'A group of tools with secrets, sources and permitted hosts of their own, served to MCP clients; seen by holders of tool:read',
  one: 'mcpServer',
  many: 'mcpServers',
  keys: ['slug'],
})
export class McpServer extends MutableEntity {
  @Column({ kind: 'string', description: 'Name in addresses: it is served at /mcp/<slug>', unique: true, filter: true, order: true })
  slug!: string;

  @Column({ kind: 'string', description: 'Name for people', filter: true, order: true })
  name!: string;

  @Column({ kind: 'string', description: 'What its tools are for; MCP clients read it', nullable: true })
  description: string | null = null;

  @Column({ kind: McpServerStatus, description: 'Whether it answers', filter: true })
  status: McpServerStatus = 'IMPORTED';

  @Column({ kind: 'string', description: 'Why it cannot serve; null when it can', nullable: true })
  statusMessage: string | null = null;

  @Column({
    kind: 'string',
    list: true,
    description: 'Hosts that its Python tools may reach, as host or host:port: exactly those of the approved requests that are not revoked',
    default: `'[]'`,
  })
  allowedHosts: string[] = [];

  @Column({
    kind: 'int',
    description: 'Longest time of a run of its tools, in milliseconds, where a tool says nothing else',
    default: '30000',
  })
  defaultTimeoutMs: number = 30_000;
}
