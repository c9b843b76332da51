import { ArrayMaxSize } from 'class-validator';
import { Field, ID, InputType, Int } from 'type-graphql';

const held = 'takes every permission that is added';

/** What the new role is. */
@InputType({ description: 'What the new role is' })
export class CreateRoleInput {
  @Field(() => String, { description: 'Short name, which no other role has: letters, digits, - and _; it stays as it is' })
  slug!: string;

  @Field(() => String, { description: 'Name for people' })
  name!: string;

  @Field(() => String, { nullable: true, description: 'What the role is for' })
  description?: string | null;

  @Field(() => [String], { defaultValue: [], description: `Names of the permissions that it holds; ${held}` })
  @ArrayMaxSize(500)
  permissions!: string[];
}

/** What to change of a role. */
@InputType({ description: 'What to change of a role; what is left out stays as it is' })
export class UpdateRoleInput {
  @Field(() => ID, { description: 'Id of the role' })
  id!: string;

  @Field(() => Int, { description: 'Revision that was seen; another one is a conflict' })
  expectedRevision!: number;

  @Field(() => String, { nullable: true, description: 'Name for people' })
  name?: string | null;

  @Field(() => String, { nullable: true, description: 'What the role is for; null clears it' })
  description?: string | null;

  @Field(() => [String], { nullable: true, description: `Names of all permissions that it holds from now on; ${held}` })
  @ArrayMaxSize(500)
  permissions?: string[] | null;
}

/** Which role to delete. */
@InputType({ description: 'Which role to delete' })
export class DeleteRoleInput {
  @Field(() => ID, { description: 'Id of the role' })
  id!: string;
}

/** Who gets which role. */
@InputType({ description: 'Who gets which role' })
export class AssignRoleInput {
  @Field(() => ID, { description: 'Id of the user' })
  userId!: string;

  @Field(() => String, { description: 'Slug of the role, such as operator' })
  role!: string;
}

/** Who loses which role. */
@InputType({ description: 'Who loses which role' })
export class RemoveRoleInput {
  @Field(() => ID, { description: 'Id of the user' })
  userId!: string;

  @Field(() => String, { description: 'Slug of the role, such as operator' })
  role!: string;
}

/** Which role gets which permission. */
@InputType({ description: 'Which role gets which permission' })
export class GrantPermissionInput {
  @Field(() => ID, { description: 'Id of the role' })
  roleId!: string;

  @Field(() => String, { description: 'Name of the permission, such as job:cancel' })
  permission!: string;
}

/** Which role loses which permission. */
@InputType({ description: 'Which role loses which permission' })
export class RevokePermissionInput {
  @Field(() => ID, { description: 'Id of the role' })
  roleId!: string;

  @Field(() => String, { description: 'Name of the permission, such as job:cancel' })
  permission!: string;
}
