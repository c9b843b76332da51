import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { Allow } from '#core/graph/access.js';
import type { MutationContext } from '#core/graph/mutation.js';
import { assignRole } from './assign-role.js';
import { createRole } from './create-role.js';
import { deleteRole } from './delete-role.js';
import { grantPermission } from './grant-permission.js';
import { removeRole } from './remove-role.js';
import { revokePermission } from './revoke-permission.js';
import { Role } from './role.entity.js';
import {
  AssignRoleInput,
  CreateRoleInput,
  DeleteRoleInput,
  GrantPermissionInput,
  RemoveRoleInput,
  RevokePermissionInput,
  UpdateRoleInput,
} from './role.inputs.js';
import {
  AssignRolePayload,
  CreateRolePayload,
  DeleteRolePayload,
  GrantPermissionPayload,
  RemoveRolePayload,
  RevokePermissionPayload,
  UpdateRolePayload,
} from './role.payloads.js';
import { updateRole } from './update-role.js';

/** What can be done with roles. */
@Resolver(() => Role)
export class RoleResolver {
  @Allow('role:manage', 10)
  @Mutation(() => CreateRolePayload, { description: 'Create a role; it holds nothing that the caller does not hold' })
  async createRole(@Arg('input', () => CreateRoleInput) input: CreateRoleInput, @Ctx() context: MutationContext): Promise<unknown> {
    return { role: await createRole(context, input) };
  }

  @Allow('role:manage', 10)
  @Mutation(() => UpdateRolePayload, { description: 'Change a role; nothing is added to it that the caller does not hold' })
  async updateRole(@Arg('input', () => UpdateRoleInput) input: UpdateRoleInput, @Ctx() context: MutationContext): Promise<unknown> {
    return { role: await updateRole(context, input) };
  }

  @Allow('role:manage', 10)
  @Mutation(() => DeleteRolePayload, {
    description: 'Delete a role; of the roles that every installation has, admin stays and the others come back at the next start, unused',
  })
  async deleteRole(@Arg('input', () => DeleteRoleInput) { id }: DeleteRoleInput, @Ctx() context: MutationContext): Promise<unknown> {
    return { id: await deleteRole(context, id) };
  }

  @Allow('role:assign', 10, 'inPerson')
  @Mutation(() => AssignRolePayload, { description: 'Give a user a role; takes every permission of the role' })
  async assignRole(@Arg('input', () => AssignRoleInput) input: AssignRoleInput, @Ctx() context: MutationContext): Promise<unknown> {
    return { roleAssignment: await assignRole(context, input) };
  }

  @Allow('role:assign', 10)
  @Mutation(() => RemoveRolePayload, { description: 'Take a role away from a user' })
  async removeRole(@Arg('input', () => RemoveRoleInput) input: RemoveRoleInput, @Ctx() context: MutationContext): Promise<unknown> {
    return { user: await removeRole(context, input) };
  }

  @Allow('role:manage', 10, 'inPerson')
  @Mutation(() => GrantPermissionPayload, { description: 'Add a permission to a role; takes that permission' })
  async grantPermission(
    @Arg('input', () => GrantPermissionInput) input: GrantPermissionInput,
    @Ctx() context: MutationContext,
  ): Promise<unknown> {
    return { role: await grantPermission(context, input) };
  }

  @Allow('role:manage', 10)
  @Mutation(() => RevokePermissionPayload, { description: 'Take a permission away from a role; the role admin keeps all' })
  async revokePermission(
    @Arg('input', () => RevokePermissionInput) input: RevokePermissionInput,
    @Ctx() context: MutationContext,
  ): Promise<unknown> {
    return { role: await revokePermission(context, input) };
  }
}
