import { ArrayMaxSize } from 'class-validator';
import { Field, ID, InputType, Int } from 'type-graphql';
import { enumType } from '#core/graph/build/enum-types.js';
import { Json } from '#core/graph/scalars.js';
import { AdminRoleName, AdminRoleStatus } from './admin-role.entity.js';

const role = enumType(AdminRoleName);
const status = enumType(AdminRoleStatus);

/** Which admin role a user is to have. */
@InputType({ description: 'Which admin role a user is to have; what is left out stays, and in a new one is as by default' })
export class SetAdminRoleInput {
  @Field(() => ID, { description: 'Id of the user, who is not the caller' })
  userId!: string;

  @Field(() => Int, { nullable: true, description: 'Revision of the admin role that was seen; another one is a conflict' })
  expectedRevision?: number | null;

  @Field(() => role, { nullable: true, description: 'Role whose permissions it adds; VIEWER by default' })
  role?: AdminRoleName | null;

  @Field(() => status, { nullable: true, description: 'Whether it counts; ACTIVE by default' })
  status?: AdminRoleStatus | null;

  @Field(() => [String], { nullable: true, description: 'Names of all permissions that it adds beside those of the role' })
  @ArrayMaxSize(500)
  permissions?: string[] | null;

  @Field(() => Json, {
    nullable: true,
    description:
      'How far the user may approve, an object with highestRisk (LOW, MEDIUM, HIGH or CRITICAL), kinds (of approvals) and perDay (decisions); null limits nothing',
  })
  approvalLimits?: object | null;
}

/** Whom to invite. */
@InputType({ description: 'Whom to invite' })
export class InviteAdminInput {
  @Field(() => String, { description: 'Email address; kept in small letters' })
  email!: string;

  @Field(() => String, { nullable: true, description: 'Sign-in name that is meant for them; they may choose another one' })
  handle?: string | null;

  @Field(() => role, { defaultValue: 'VIEWER', description: 'Role that they get; takes every permission that it holds' })
  role!: AdminRoleName;
}

/** Which invitation to revoke. */
@InputType({ description: 'Which invitation to revoke' })
export class RevokeInvitationInput {
  @Field(() => ID, { description: 'Id of the invitation' })
  id!: string;
}
