import type { Ref } from '@mikro-orm/core';
import { Unique } from '@mikro-orm/decorators/legacy';
import { BaseEntity } from '#core/database/base-entity.js';
import { Table } from '#core/database/declare/table.js';
import { ToOne } from '#core/database/declare/to-one.js';
import { Permission } from './permission.entity.js';
import { Role } from './role.entity.js';

/** That a role holds a permission. */
@Table({
  type: 6,
  table: 'role_permissions',
  description: 'Which permissions a role holds',
  links: [
    { from: 'role', to: 'permission', name: 'permissions', description: 'Permissions that the role holds' },
    { from: 'permission', to: 'role', name: 'roles', description: 'Roles that hold the permission' },
  ],
})
@Unique({ properties: ['role', 'permission'] })
export class RolePermission extends BaseEntity {
  @ToOne(() => Role, { description: 'Role', onDelete: 'cascade' })
  role!: Ref<Role>;

  @ToOne(() => Permission, { description: 'Permission', onDelete: 'cascade' })
  permission!: Ref<Permission>;
}
