import type { Ref } from '@mikro-orm/core';
import { MutableEntity } from '#core/database/base-entity.js';
import { Column } from '#core/database/declare/column.js';
import { declareEnum, type ValueOf } from '#core/database/declare/declaration.js';
import { Table } from '#core/database/declare/table.js';
import { ToOne } from '#core/database/declare/to-one.js';
import { User } from '../users/user.entity.js';

/** What an administrator may do, by the role of the same name. */
export const AdminRoleName = declareEnum('AdminRoleName', 'What an administrator may do, by the role of the same name', {
  VIEWER: 'What the role viewer holds',
  APPROVER: 'What the role approver holds',
  ADMIN: 'What the role admin holds',
});
export type AdminRoleName = ValueOf<typeof AdminRoleName>;

/** Whether an administrator's role counts. */
export const AdminRoleStatus = declareEnum('AdminRoleStatus', "Whether an administrator's role counts", {
  ACTIVE: 'It adds its permissions to those of the user',
  INACTIVE: 'It adds nothing: it is not needed now',
  SUSPENDED: 'It adds nothing: it was taken away for a reason',
});
export type AdminRoleStatus = ValueOf<typeof AdminRoleStatus>;

/** What a user may do beside their other roles, and how far they may approve. */
@Table({
  name: 'AdminRole',
  type: 17,
  table: 'admin_roles',
  description: 'What a user may do beside their other roles, and how far they may approve; seen by that user and by holders of user:read',
  one: 'adminRole',
  many: 'adminRoles',
})
export class AdminRole extends MutableEntity {
  @ToOne(() => User, {
    description: 'Whose it is; everybody has at most one',
    onDelete: 'cascade',
    unique: true,
    filter: true,
    inverse: { name: 'adminRole', description: 'What the user may do beside their other roles; null when there is no such thing' },
  })
  user!: Ref<User>;

  @Column({ kind: AdminRoleName, description: 'Role whose permissions it adds', default: `'VIEWER'`, filter: true })
  role: AdminRoleName = 'VIEWER';

  @Column({ kind: AdminRoleStatus, description: 'Whether it counts', default: `'ACTIVE'`, filter: true })
  status: AdminRoleStatus = 'ACTIVE';

  @Column({ kind: 'string', list: true, description: 'Names of permissions that it adds beside those of the role', default: `'[]'` })
  permissions: string[] = [];

  @Column({
    kind: 'json',
    description: 'How far the user may approve: highestRisk, kinds and perDay; what is left out is not limited, and null limits nothing',
    nullable: true,
  })
  approvalLimits: object | null = null;
}
