import type { Ref } from '@mikro-orm/core';
import { Unique } from '@mikro-orm/decorators/legacy';
import { MutableEntity } from '#core/database/base-entity.js';
import { Column } from '#core/database/declare/column.js';
import { Table } from '#core/database/declare/table.js';
import { ToOne } from '#core/database/declare/to-one.js';
import { User } from '../users/user.entity.js';
import { AuthProvider } from './auth-provider.entity.js';

/** Who a user is at a provider. */
@Table({
  name: 'SsoIdentity',
  type: 15,
  table: 'sso_identities',
  description: 'Who a user is at a provider; seen by that user and by holders of user:read',
  one: 'ssoIdentity',
  many: 'ssoIdentities',
})
@Unique({ properties: ['provider', 'subject'] })
export class SsoIdentity extends MutableEntity {
  @ToOne(() => User, {
    description: 'Who signs in so',
    onDelete: 'cascade',
    filter: true,
    inverse: { name: 'ssoIdentities', description: 'Who the user is at the providers by which they sign in' },
  })
  user!: Ref<User>;

  @ToOne(() => AuthProvider, {
    description: 'By which provider',
    onDelete: 'cascade',
    filter: true,
    inverse: { name: 'identities', description: 'Who signs in by it' },
  })
  provider!: Ref<AuthProvider>;

  @Column({ kind: 'string', description: 'What the provider calls the user, which never changes there', filter: true })
  subject!: string;

  @Column({ kind: 'json', description: 'What the provider said of the user at the last sign-in; no tokens' })
  rawAttributes!: object;

  @Column({ kind: 'boolean', description: 'Whether the user is a superuser because the provider said so', default: 'false' })
  hasMadeSuperuser: boolean = false;

  @Column({
    kind: 'boolean',
    description: 'Whether the user was made when they signed in so for the first time, rather than linked',
    default: 'false',
    hidden: true,
  })
  hasMadeUser: boolean = false;

  @Column({ kind: 'time', description: 'When the user signed in by it last', order: true })
  lastLoginAt!: Date;
}
