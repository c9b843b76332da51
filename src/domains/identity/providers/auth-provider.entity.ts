import { MutableEntity } from '#core/database/base-entity.js';
import { Column } from '#core/database/declare/column.js';
import { Table } from '#core/database/declare/table.js';
import { AuthProviderKind } from './auth-provider-kind.js';

/** A way to sign in. */
@Table({
  name: 'AuthProvider',
  type: 14,
  table: 'auth_providers',
  description: 'A way to sign in; seen by holders of provider:manage, and by whoever signs in by it',
  one: 'authProvider',
  many: 'authProviders',
  keys: ['slug'],
})
export class AuthProvider extends MutableEntity {
  @Column({ kind: 'string', description: 'Short name in addresses, unique; it does not change', unique: true, filter: true, order: true })
  slug!: string;

  @Column({ kind: 'string', description: 'Name on the sign-in page, unique', unique: true, order: true })
  name!: string;

  @Column({ kind: AuthProviderKind, description: 'How it finds out who somebody is', filter: true })
  kind!: AuthProviderKind;

  @Column({
    kind: 'json',
    description: 'How it is reached and what it makes of people, without secrets; seen by holders of provider:manage',
  })
  config!: object;

  @Column({ kind: 'string', description: 'Its client secret or bind password, sealed', nullable: true, secret: true })
  sealedSecret: string | null = null;

  @Column({ kind: 'boolean', description: 'Whether its client secret or bind password is set' })
  hasSecret: boolean = false;

  @Column({ kind: 'boolean', description: 'Whether people can sign in by it now', filter: true })
  isEnabled!: boolean;
}
