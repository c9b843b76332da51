import type { Ref } from '@mikro-orm/core';
import { BaseEntity } from '#core/database/base-entity.js';
import { Column } from '#core/database/declare/column.js';
import { Table } from '#core/database/declare/table.js';
import { ToOne } from '#core/database/declare/to-one.js';
import { User } from '#domains/identity/users/user.entity.js';
import { ToolChangeSource } from './tool-kinds.js';
import { Tool } from './tool.entity.js';

/** What a tool was after one of its updates; never changed. */
@Table({
  name: 'ToolVersion',
  type: 62,
  table: 'tool_versions',
  description: 'What a tool was after one of its updates; never changed; seen by whoever sees the tool',
  one: 'toolVersion',
  keys: [['tool', 'versionNumber']],
})
export class ToolVersion extends BaseEntity {
  @ToOne(() => Tool, {
    description: 'Tool',
    onDelete: 'cascade',
    inverse: { name: 'versions', description: 'What the tool was after each of its updates' },
  })
  tool!: Ref<Tool>;

  @Column({ kind: 'int', description: 'Number within its tool, from 1 without a gap', order: true })
  versionNumber!: number;

  @Column({ kind: 'string', description: 'Name of the tool then' })
  name!: string;

  @Column({ kind: 'string', description: 'Description of the tool then', nullable: true })
  description: string | null = null;

  @Column({ kind: 'boolean', description: 'Whether the tool was enabled then' })
  isEnabled!: boolean;

  @Column({ kind: 'int', description: 'Longest time of a run then, in milliseconds; null for the time of its server', nullable: true })
  timeoutMs: number | null = null;

  @Column({ kind: 'string', description: 'Python source then', nullable: true })
  pythonCode: string | null = null;

  @Column({ kind: 'json', description: 'JSON Schema of its parameters then', nullable: true, keepsOrder: true })
  inputSchema: object | null = null;

  @Column({ kind: 'json', description: 'What else the tool was then, by the names of its fields', keepsOrder: true })
  policy!: object;

  @Column({ kind: 'string', description: 'SHA-256 of what somebody has to agree to, in hexadecimal digits' })
  digest!: string;

  @Column({ kind: 'string', description: 'What was changed, in at most 500 characters; null when nobody said', nullable: true })
  changeSummary: string | null = null;

  @Column({ kind: ToolChangeSource, description: 'What caused it' })
  changeSource: ToolChangeSource = 'MANUAL';

  @ToOne(() => User, { description: 'Who made it; null for Signalbox itself, and when the account is gone', nullable: true })
  createdBy: Ref<User> | null = null;

  @Column({ kind: 'string', description: 'Name of who made it, at that time' })
  createdByName!: string;

  @Column({ kind: 'time', description: 'Time of creation', order: true })
  createdAt: Date = new Date();
}
