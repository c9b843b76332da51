import type { Ref } from '@mikro-orm/core';
import { Unique } from '@mikro-orm/decorators/legacy';
import { BaseEntity } from '#core/database/base-entity.js';
import { Column } from '#core/database/declare/column.js';
import { Table } from '#core/database/declare/table.js';
import { ToOne } from '#core/database/declare/to-one.js';
import { AuthProvider } from '../providers/auth-provider.entity.js';
import { Role } from './role.entity.js';
import { User } from '../users/user.entity.js';

/** That a user has a role since some time. */
@Table({
  name: 'RoleAssignment',
  type: 5,
  table: 'role_assignments',
  description: 'That a user has a role since some time; seen by that user and by holders of user:read',
  many: 'roleAssignments',
  links: [
    { from: 'user', to: 'role', name: 'roles', description: 'Roles that the user has' },
    { from: 'role', to: 'user', name: 'users', description: 'Users who have the role' },
  ],
})
@Unique({ properties: ['user', 'role'] })
export class RoleAssignment extends BaseEntity {
  @ToOne(() => User, {
    description: 'Who has the role',
    onDelete: 'cascade',
    filter: true,
    inverse: { name: 'roleAssignments', description: 'Assignments of roles to the user' },
  })
  user!: Ref<User>;

  @ToOne(() => Role, {
    description: 'Which role',
    onDelete: 'cascade',
    filter: true,
    inverse: { name: 'assignments', description: 'Assignments of the role to users' },
  })
  role!: Ref<Role>;

  @Column({ kind: 'time', description: 'Since when', order: true })
  assignedAt: Date = new Date();

  @ToOne(() => AuthProvider, {
    description: 'Provider that gave the role, because it says so of the user; null when a person gave it',
    nullable: true,
  })
  grantedBy: Ref<AuthProvider> | null = null;
}
