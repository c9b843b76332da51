import type { Ref } from '@mikro-orm/core';
import { Index } from '@mikro-orm/decorators/legacy';
import { MutableEntity } from '#core/database/base-entity.js';
import { Column } from '#core/database/declare/column.js';
import { Computed } from '#core/database/declare/computed.js';
import { Table } from '#core/database/declare/table.js';
import { ToOne } from '#core/database/declare/to-one.js';
import { User } from '../users/user.entity.js';

/** What a program signs in with, on behalf of its owner and with no more rights than it names. */
@Table({
  name: 'ApiToken',
  type: 39,
  table: 'api_tokens',
  description:
    'A token with which a program uses the API as its owner, with no more rights than its scopes; seen by its owner and by holders of token:manage',
  many: 'apiTokens',
})
@Index({
  name: 'api_tokens_ended',
  expression: `create index "api_tokens_ended" on "api_tokens" (least("revoked_at", "expires_at"))`,
})
export class ApiToken extends MutableEntity {
  @ToOne(() => User, {
    description: 'On whose behalf it is used',
    onDelete: 'cascade',
    filter: true,
    inverse: { name: 'apiTokens', description: 'API tokens of the user' },
  })
  owner!: Ref<User>;

  @Column({ kind: 'string', description: 'What it is for, such as the name of the program' })
  name!: string;

  @Column({
    kind: 'string',
    list: true,
    description: 'Names of the permissions that it is limited to. Of these it has those that its owner holds at the time',
  })
  scopes!: string[];

  @Column({ kind: 'string', description: 'The beginning of the token, by which it is recognised', filter: true })
  prefix!: string;

  @Column({ kind: 'string', description: 'SHA-256 of the token', unique: true, secret: true })
  tokenHash!: string;

  @Column({ kind: 'time', description: 'When it ends by itself', filter: true })
  expiresAt!: Date;

  @Column({ kind: 'time', description: 'When it was ended; null when it was not', nullable: true, filter: true })
  revokedAt: Date | null = null;

  @Column({ kind: 'time', description: 'When it was last used, to the minute; null before the first time', nullable: true })
  lastUsedAt: Date | null = null;

  @Column({ kind: 'string', description: 'Address from which it was used then', nullable: true })
  lastUsedIp: string | null = null;

  @Computed({ kind: 'boolean', description: 'Whether it is neither revoked nor expired', needs: ['expiresAt', 'revokedAt'] })
  get isActive(): boolean {
    return this.revokedAt === null && new Date(this.expiresAt).getTime() > Date.now();
  }
}
