import type { Ref } from '@mikro-orm/core';
import { Index } from '@mikro-orm/decorators/legacy';
import { MutableEntity } from '#core/database/base-entity.js';
import { Column } from '#core/database/declare/column.js';
import { Table } from '#core/database/declare/table.js';
import { ToOne } from '#core/database/declare/to-one.js';
import { Approval } from '#domains/approvals/approval.entity.js';
import { RiskLevel } from '#domains/approvals/index.js';
import { User } from '#domains/identity/users/user.entity.js';
import { McpServer } from './servers/mcp-server.entity.js';
import { ExternalMcpSource } from './sources/external-mcp-source.entity.js';
import { ToolApprovalStatus, ToolCategory, ToolType } from './tool-kinds.js';

/** Something that an agent or a person can run, once somebody has agreed to it. */
@Table({
  name: 'Tool',
  type: 61,
  table: 'tools',
  description: 'Something that an agent or a person can run, once somebody has agreed to it; seen by holders of tool:read',
  one: 'tool',
  many: 'tools',
})
@Index({
  name: 'tools_server_name',
  expression: `create unique index "tools_server_name" on "tools" (coalesce("server_id", '00000000-0000-0000-0000-000000000000'), "name")`,
})
export class Tool extends MutableEntity {
  @ToOne(() => McpServer, {
    description: 'MCP server that it belongs to; null for one that is not served over MCP',
    nullable: true,
    filter: true,
    onDelete: 'cascade',
    inverse: { name: 'tools', description: 'Tools of the server' },
  })
  server: Ref<McpServer> | null = null;

  @Column({ kind: 'string', description: 'Name by which it is called, unique within its server', filter: true, order: true })
  name!: string;

  @Column({ kind: 'string', description: 'Name for people; null when `name` is good enough', nullable: true })
  displayName: string | null = null;

  @Column({ kind: 'string', description: 'What it does; agents read it to choose', nullable: true, search: true })
  description: string | null = null;

  @Column({ kind: ToolCategory, description: 'What it deals with', filter: true })
  category: ToolCategory = 'ANALYSIS';

  @Column({ kind: ToolType, description: 'What carries it out', filter: true })
  type!: ToolType;

  @Column({
    kind: 'json',
    description: 'JSON Schema of its parameters, as it was given; null when it takes none',
    nullable: true,
    keepsOrder: true,
  })
  inputSchema: object | null = null;

  @Column({ kind: 'string', description: 'Its Python source, with `async def main(...)`; null for other types', nullable: true })
  pythonCode: string | null = null;

  @Column({
    kind: 'string',
    list: true,
    description: 'Python packages that it needs, of those that the sandbox can offer',
    default: `'[]'`,
  })
  codeDependencies: string[] = [];

  @Column({
    kind: 'string',
    list: true,
    description:
      'Python modules that its code imports beside those that every tool may import; each has to be allowed before a run needs it',
    default: `'[]'`,
  })
  neededModules: string[] = [];

  @ToOne(() => ExternalMcpSource, {
    description: 'External MCP server that carries it out; null for other types, and when the source was deleted',
    nullable: true,
    filter: true,
    onDelete: 'set null',
    inverse: { name: 'tools', description: 'Tools that were imported from it' },
  })
  externalSource: Ref<ExternalMcpSource> | null = null;

  @Column({ kind: 'string', description: 'Name that it has at its external MCP server; null for other types', nullable: true })
  externalToolName: string | null = null;

  @Column({ kind: 'string', description: 'Operation that it runs: <toolkit slug>.<operation>; null for other types', nullable: true })
  operation: string | null = null;

  @Column({
    kind: 'string',
    description:
      'SHA-256 of the files of the toolkit whose operation it runs, as `Toolkit.codeDigest` was when the tool was written or found changed; null for other types, and for operations of Signalbox itself',
    nullable: true,
  })
  operationCode: string | null = null;

  @Column({ kind: 'boolean', description: 'Whether it may be used, once it is approved', filter: true })
  isEnabled: boolean = true;

  @Column({ kind: 'boolean', description: 'Whether it came with Signalbox; it cannot be deleted', filter: true, default: 'false' })
  isSystem: boolean = false;

  @Column({ kind: 'boolean', description: 'Whether each run waits until somebody agrees to it' })
  requiresApproval: boolean = false;

  @Column({ kind: RiskLevel, description: 'How much harm it could do', filter: true })
  riskLevel: RiskLevel = 'LOW';

  @Column({ kind: 'string', description: 'Permission that its users need beside tool:execute; null for none', nullable: true })
  requiredPermission: string | null = null;

  @Column({ kind: 'int', description: 'How many of its runs may take place at once; null for no limit of its own', nullable: true })
  maxConcurrentExecutions: number | null = null;

  @Column({ kind: 'int', description: 'Longest time of a run, in milliseconds; null for the time of its server', nullable: true })
  timeoutMs: number | null = null;

  @Column({ kind: 'int', description: 'How many runs an execution has before it fails; 1 for no retries', default: '1' })
  maxAttempts: number = 1;

  @Column({
    kind: 'long',
    description: 'How long a result answers the same question again, in milliseconds; null for not at all',
    nullable: true,
  })
  cacheTtlMs: number | null = null;

  @Column({ kind: 'int', description: 'Number of its newest version, raised by each update', default: '1' })
  currentVersion: number = 1;

  @Column({ kind: ToolApprovalStatus, description: 'How far it has come on its way to being used', filter: true })
  approvalStatus: ToolApprovalStatus = 'DRAFT';

  @ToOne(() => Approval, { description: 'The newest approval of its use; null when nobody was ever asked', nullable: true })
  approval: Ref<Approval> | null = null;

  @Column({ kind: 'time', description: 'When somebody was asked to agree; null for a draft', nullable: true })
  approvalRequestedAt: Date | null = null;

  @Column({ kind: 'time', description: 'When somebody agreed to what it is now; null when nobody has', nullable: true })
  approvedAt: Date | null = null;

  @ToOne(() => User, { description: 'Who agreed to what it is now; null when nobody has, or when the account is gone', nullable: true })
  approvedBy: Ref<User> | null = null;

  @Column({ kind: 'string', description: 'Name of who agreed, at that time; null when nobody has', nullable: true })
  approvedByName: string | null = null;

  @Column({ kind: 'string', description: 'Why it was refused; null when it was not', nullable: true })
  rejectionReason: string | null = null;

  @Column({ kind: 'string', description: 'What its author tells whoever decides; null for nothing', nullable: true })
  publishNotes: string | null = null;

  @ToOne(() => User, {
    description: 'Who made it; null when the account is gone',
    nullable: true,
    filter: true,
    inverse: { name: 'createdTools', description: 'Tools that the user made' },
  })
  createdBy: Ref<User> | null = null;

  @Column({ kind: 'string', description: 'Name of who made it, at that time' })
  createdByName!: string;
}
