import type { Ref } from '@mikro-orm/core';
import { Index } from '@mikro-orm/decorators/legacy';
import { BaseEntity } from '#core/database/base-entity.js';
import { Column } from '#core/database/declare/column.js';
import { Computed } from '#core/database/declare/computed.js';
import { Table } from '#core/database/declare/table.js';
import { ToOne } from '#core/database/declare/to-one.js';
import { Approval } from '#domains/approvals/approval.entity.js';
import { User } from '#domains/identity/users/user.entity.js';
import { Job } from '#domains/jobs/job.entity.js';
import { McpServer } from '../servers/mcp-server.entity.js';
import { Tool } from '../tool.entity.js';
import { ToolCacheEntry } from './tool-cache-entry.entity.js';
import { isFinal, ToolExecutionStatus } from './tool-execution-status.js';

/** One use of a tool, from its request to its end. */
@Table({
  name: 'ToolExecution',
  type: 66,
  table: 'tool_executions',
  description: 'One use of a tool, from its request to its end; seen by who asked for it and by holders of execution:read',
  one: 'toolExecution',
  many: 'toolExecutions',
})
@Index({ properties: ['user', 'idempotencyKey'] })
export class ToolExecution extends BaseEntity {
  @ToOne(() => Tool, {
    description: 'Tool',
    filter: true,
    onDelete: 'cascade',
    inverse: { name: 'executions', description: 'Uses of the tool' },
  })
  tool!: Ref<Tool>;

  @ToOne(() => McpServer, {
    description: 'MCP server of the tool at that time; null when it had none',
    nullable: true,
    filter: true,
    onDelete: 'cascade',
    inverse: { name: 'executions', description: 'Uses of the tools of the server' },
  })
  server: Ref<McpServer> | null = null;

  @Column({ kind: 'string', description: 'Name of the tool at that time', filter: true })
  toolName!: string;

  @Column({ kind: 'int', description: 'Version of the tool that it runs' })
  toolVersion!: number;

  @ToOne(() => User, {
    description: 'Who asked for it; null when the account is gone',
    nullable: true,
    filter: true,
    inverse: { name: 'toolExecutions', description: 'Uses of tools that the user asked for' },
  })
  user: Ref<User> | null = null;

  @Column({ kind: 'string', description: 'Name of who asked for it, at that time', filter: true })
  executedByName!: string;

  @Column({ kind: ToolExecutionStatus, description: 'Where it stands', filter: true })
  status!: ToolExecutionStatus;

  @Column({ kind: 'json', description: 'What it was given, without what looks like a secret', nullable: true, keepsOrder: true })
  parameters: unknown = null;

  @Column({ kind: 'string', description: 'Exactly what it was given, sealed', secret: true, nullable: true })
  sealedParameters: string | null = null;

  @Column({ kind: 'json', description: 'What it returned; null before it has succeeded', nullable: true, keepsOrder: true })
  result: unknown = null;

  @Column({ kind: 'boolean', description: 'Whether `result` is only the beginning of what it returned, as text', default: 'false' })
  isResultTruncated: boolean = false;

  @Column({ kind: 'string', description: 'Why it did not succeed; null when it did, and before its end', nullable: true })
  error: string | null = null;

  @Column({
    kind: 'string',
    description: 'What it printed, cut after 65,536 characters; null before its end; `job { logs }` has it line by line',
    nullable: true,
  })
  stdout: string | null = null;

  @Column({ kind: 'int', description: 'How long it ran, in milliseconds; null before its end', nullable: true, order: true })
  durationMs: number | null = null;

  @Column({ kind: 'boolean', description: 'Whether its result came out of the cache', filter: true, default: 'false' })
  isCached: boolean = false;

  @Column({ kind: 'string', description: 'Under which its result is kept for the same question; null when it is not', nullable: true })
  cacheKey: string | null = null;

  @ToOne(() => ToolCacheEntry, {
    description: 'Entry of the cache that answered it, or that keeps its result; null when there is none, and when that is gone',
    nullable: true,
    onDelete: 'set null',
    inverse: { name: 'executions', description: 'Uses that it answered, and the one that made it' },
  })
  cacheEntry: Ref<ToolCacheEntry> | null = null;

  @ToOne(() => Approval, {
    description: 'What was asked of a human about it; null when nothing was',
    nullable: true,
    unique: true,
  })
  approval: Ref<Approval> | null = null;

  @Column({ kind: 'string', description: 'SHA-256 of exactly what it was asked to do', nullable: true, hidden: true })
  parametersDigest: string | null = null;

  @Column({
    kind: 'id',
    description: 'Approval of the use of its tool that held when it was asked for; null where there was none, as for some tests',
    nullable: true,
    hidden: true,
  })
  agreementId: string | null = null;

  @Column({ kind: 'id', description: 'API token of the program that asked for it', nullable: true, hidden: true })
  apiTokenId: string | null = null;

  @Column({ kind: 'boolean', description: 'Whether a human had to agree to it' })
  requiresApproval: boolean = false;

  @Column({
    kind: 'boolean',
    description: 'Whether it tried a tool: without secrets, and whether or not the tool is approved',
    filter: true,
  })
  isTest: boolean = false;

  @ToOne(() => Job, {
    description: 'Job that carries it out, with its progress and log; null when its result came out of the cache',
    nullable: true,
    unique: true,
    onDelete: 'set null',
    inverse: { name: 'toolExecution', description: 'Use of a tool that the job carries out' },
  })
  job: Ref<Job> | null = null;

  @Column({ kind: 'id', description: 'Chat session that it belongs to', nullable: true, hidden: true })
  chatSessionId: string | null = null;

  @Column({ kind: 'string', description: 'Key under which the caller may repeat the request', nullable: true, hidden: true })
  idempotencyKey: string | null = null;

  @Column({
    kind: 'string',
    description: 'Trace that it belongs to: the same in its job and in the request that asked for it',
    nullable: true,
    filter: true,
  })
  traceId: string | null = null;

  @Column({ kind: 'time', description: 'Time of creation', filter: true, order: true })
  createdAt: Date = new Date();

  @Column({ kind: 'time', description: 'When its newest run began; null before', nullable: true })
  startedAt: Date | null = null;

  @Column({ kind: 'time', description: 'When it ended; null before', nullable: true, filter: true })
  completedAt: Date | null = null;

  @Computed({ kind: 'boolean', description: 'Whether it succeeded', needs: ['status'] })
  get isSuccessful(): boolean {
    return this.status === 'SUCCEEDED';
  }

  @Computed({ kind: 'boolean', description: 'Whether it has not begun', needs: ['status'] })
  get isPending(): boolean {
    return this.status === 'WAITING_APPROVAL' || this.status === 'QUEUED';
  }

  @Computed({ kind: 'boolean', description: 'Whether a worker carries it out', needs: ['status'] })
  get isRunning(): boolean {
    return this.status === 'RUNNING';
  }

  @Computed({ kind: 'boolean', description: 'Whether it has ended, in whatever way', needs: ['status'] })
  get isComplete(): boolean {
    return isFinal(this.status);
  }
}
