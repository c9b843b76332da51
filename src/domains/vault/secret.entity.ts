import type { Ref } from '@mikro-orm/core';
import { Index, Unique } from '@mikro-orm/decorators/legacy';
import { MutableEntity } from '#core/database/base-entity.js';
import { Column } from '#core/database/declare/column.js';
import { Computed } from '#core/database/declare/computed.js';
import { Table } from '#core/database/declare/table.js';
import { ToOne } from '#core/database/declare/to-one.js';
import { sql } from '#core/database/sql.js';
import { User } from '#domains/identity/users/user.entity.js';
import { SecretType } from './secret-type.js';

const isPast = (time: Date | null): boolean => time !== null && new Date(time).getTime() <= Date.now();

/** What a secret is called and what is known of it; its value is in its versions, sealed, and has no field. */
@Table({
  name: 'Secret',
  type: 50,
  table: 'secrets',
  description:
    'Something that nobody may know, such as a password: of a user, or of a server, whose tools use it by its name. Its value is never shown here. Seen by its owner and by holders of secret:read, secret:manage and secret:reveal; one of a server by holders of secret:create too',
  one: 'secret',
  many: 'secrets',
})
@Unique({ properties: ['serverId', 'name'] })
@Index({
  name: 'secrets_of_owner',
  expression: `create unique index "secrets_of_owner" on "secrets" ("owner_id", "name") where "server_id" is null`,
})
export class Secret extends MutableEntity {
  @Column({
    kind: 'string',
    description: 'Name by which it is used, unique in its server; without a server, unique among those of its owner. It never changes',
    filter: true,
    order: true,
  })
  name!: string;

  @Column({ kind: 'id', description: 'Server whose tools use it', nullable: true, hidden: true })
  serverId: string | null = null;

  @Column({ kind: 'string', description: 'Name for people; null when it has none', nullable: true })
  displayName: string | null = null;

  @Column({ kind: 'string', description: 'What it is for; null when nobody said', nullable: true })
  description: string | null = null;

  @Column({ kind: SecretType, description: 'What kind of thing it is', filter: true })
  type!: SecretType;

  @Column({ kind: 'json', description: 'Whatever else is to be known of it, an object; never holds a secret', default: `'{}'` })
  metadata: object = {};

  @Column({ kind: 'string', list: true, description: 'Words that describe it', default: `'[]'` })
  tags: string[] = [];

  @ToOne(() => User, {
    description: "Whose it is; of a server's secret, who created it. Null when that user is gone",
    nullable: true,
    filter: true,
    inverse: { name: 'secrets', description: 'Secrets of the user, and those of servers that the user created' },
  })
  owner: Ref<User> | null = null;

  @Column({ kind: 'string', description: 'Name of the owner at the time of its creation' })
  ownerName!: string;

  @Column({
    kind: 'string',
    description: 'Permission that it takes to read its value, on top of everything else; null when it takes none',
    nullable: true,
    filter: true,
  })
  requiredPermission: string | null = null;

  @Column({
    kind: 'boolean',
    description: 'Whether it can be used; while it is not, nobody reads its value',
    default: 'true',
    filter: true,
  })
  isActive: boolean = true;

  @Column({ kind: 'boolean', description: 'Whether it has a value; without one it is a placeholder', default: 'false', filter: true })
  hasValue: boolean = false;

  @Column({ kind: 'boolean', description: 'Whether it may be rotated', default: 'true' })
  isRotatable: boolean = true;

  @Column({
    kind: 'boolean',
    description: 'Whether it is due for rotation some time after it has got its value',
    default: 'false',
    filter: true,
  })
  isRotationEnabled: boolean = false;

  @Column({ kind: 'int', description: 'After how many days it is due then; null when nobody said', nullable: true })
  rotationDays: number | null = null;

  @Column({ kind: 'time', description: 'When it was last rotated; null when it never was', nullable: true })
  lastRotatedAt: Date | null = null;

  @Column({ kind: 'time', description: 'When it is due for rotation; null when it never is', nullable: true, filter: true, order: true })
  nextRotationAt: Date | null = null;

  @Column({ kind: 'time', description: 'When it expires; null when it does not', nullable: true, filter: true, order: true })
  expiresAt: Date | null = null;

  @Column({ kind: 'time', description: 'When its value was last read, to the second; null when it never was', nullable: true })
  lastAccessedAt: Date | null = null;

  @Computed({
    kind: 'boolean',
    description: 'Whether it has expired: then nobody reads its value',
    needs: ['expiresAt'],
    sql: (alias) => sql`(coalesce(${sql.ref(`${alias}.expires_at`)} <= now(), false))`,
  })
  get isExpired(): boolean {
    return isPast(this.expiresAt);
  }

  @Computed({
    kind: 'boolean',
    description: 'Whether it is due for rotation',
    needs: ['nextRotationAt'],
    sql: (alias) => sql`(coalesce(${sql.ref(`${alias}.next_rotation_at`)} <= now(), false))`,
  })
  get needsRotation(): boolean {
    return isPast(this.nextRotationAt);
  }
}
