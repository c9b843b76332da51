import type { Ref } from '@mikro-orm/core';
import { MutableEntity } from '#core/database/base-entity.js';
import { Column } from '#core/database/declare/column.js';
import { Computed } from '#core/database/declare/computed.js';
import { Table } from '#core/database/declare/table.js';
import { ToOne } from '#core/database/declare/to-one.js';
import { Tool } from '../tool.entity.js';

/** A result that answers the same question again for a while. */
@Table({
  name: 'ToolCacheEntry',
  type: 67,
  table: 'tool_cache_entries',
  description: 'A result that answers the same question again for a while; seen by holders of execution:read',
  one: 'toolCacheEntry',
  many: 'toolCacheEntries',
  keys: [['tool', 'cacheKey']],
})
export class ToolCacheEntry extends MutableEntity {
  @ToOne(() => Tool, {
    description: 'Tool',
    onDelete: 'cascade',
    inverse: { name: 'cacheEntries', description: 'Results that answer the same question again' },
  })
  tool!: Ref<Tool>;

  @Column({ kind: 'string', description: 'SHA-256 of the tool, its version and its parameters, in hexadecimal digits' })
  cacheKey!: string;

  @Column({ kind: 'json', description: 'What it was given, without what looks like a secret', nullable: true, keepsOrder: true })
  parameters: unknown = null;

  @Column({ kind: 'json', description: 'What it returned', nullable: true, keepsOrder: true })
  result: unknown = null;

  @Column({ kind: 'int', description: 'How many uses it has answered', default: '0' })
  hitCount: number = 0;

  @Column({ kind: 'time', description: 'When it answered the last time; null when never', nullable: true })
  lastHitAt: Date | null = null;

  @Column({ kind: 'time', description: 'Until when it answers', filter: true })
  expiresAt!: Date;

  @Computed({ kind: 'boolean', description: 'Whether its time is over', needs: ['expiresAt'] })
  get isExpired(): boolean {
    return this.expiresAt <= new Date();
  }
}
