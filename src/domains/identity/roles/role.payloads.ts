import { Field, ID } from 'type-graphql';
import { Changed, Payload } from '#core/graph/payload.js';
import { RoleAssignment } from './role-assignment.entity.js';
import { Role } from './role.entity.js';
import { User } from '../users/user.entity.js';

/** A role was created. */
@Payload('A role was created')
export class CreateRolePayload {
  @Changed(() => Role, 'The role')
  role!: Role;
}

/** A role was changed. */
@Payload('A role was changed; whoever has it may do what it says from now on')
export class UpdateRolePayload {
  @Changed(() => Role, 'The role')
  role!: Role;
}

/** A role was deleted. */
@Payload('A role was deleted; nobody has it any more')
export class DeleteRolePayload {
  @Field(() => ID, { description: 'Id of the role that is gone' })
  id!: string;
}

/** A user has a role. */
@Payload('A user has a role')
export class AssignRolePayload {
  @Changed(() => RoleAssignment, 'The assignment')
  roleAssignment!: RoleAssignment;
}

/** A user does not have a role any more. */
@Payload('A user does not have a role any more')
export class RemoveRolePayload {
  @Changed(() => User, 'The user')
  user!: User;
}

/** A role holds a permission. */
@Payload('A role holds a permission')
export class GrantPermissionPayload {
  @Changed(() => Role, 'The role')
  role!: Role;
}

/** A role does not hold a permission any more. */
@Payload('A role does not hold a permission any more')
export class RevokePermissionPayload {
  @Changed(() => Role, 'The role')
  role!: Role;
}
