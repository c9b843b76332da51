import { ArrayMaxSize, MaxLength } from 'class-validator';
import { Field, ID, InputType, Int } from 'type-graphql';
import { enumType } from '#core/graph/build/enum-types.js';
import { DateTime, Json } from '#core/graph/scalars.js';
import { SecretType } from './secret-type.js';

const type = enumType(SecretType);
const longestValue = 65_536;

/** What is known of a secret besides its name and value. */
@InputType()
abstract class SecretValuesInput {
  @Field(() => String, { nullable: true, description: 'Name for people, up to 200 characters; null clears it' })
  displayName?: string | null;

  @Field(() => String, { nullable: true, description: 'What it is for, up to 2000 characters; null clears it' })
  description?: string | null;

  @Field(() => type, { nullable: true, description: 'What kind of thing it is; a new one is GENERIC when it is left out' })
  type?: SecretType | null;

  @Field(() => Json, { nullable: true, description: 'Whatever else is to be known of it, an object; never put a secret there' })
  metadata?: object | null;

  @Field(() => [String], { nullable: true, description: 'Words that describe it' })
  @ArrayMaxSize(50)
  tags?: string[] | null;

  @Field(() => String, {
    nullable: true,
    description: 'Permission that it takes to read its value, on top of everything else; only who holds it changes or clears it, with null',
  })
  @MaxLength(100)
  requiredPermission?: string | null;

  @Field(() => Boolean, { nullable: true, description: 'Whether it may be rotated' })
  isRotatable?: boolean | null;

  @Field(() => Boolean, { nullable: true, description: 'Whether it is due for rotation some time after it has got its value' })
  isRotationEnabled?: boolean | null;

  @Field(() => Int, { nullable: true, description: 'After how many days it is due then, 1 to 3650; null clears it' })
  rotationDays?: number | null;

  @Field(() => DateTime, { nullable: true, description: 'When it expires; null clears it' })
  expiresAt?: Date | null;
}

/** What the new secret is. */
@InputType({ description: 'What the new secret is. Without a value it is a placeholder; only people give values, no API token does' })
export class CreateSecretInput extends SecretValuesInput {
  @Field(() => String, {
    description: 'Name by which it is used: 1 to 255 letters, digits, `_`, `.` and `-`, a letter or `_` first. It never changes',
  })
  name!: string;

  @Field(() => ID, {
    nullable: true,
    description: "Server whose tools use it; one of the caller's own when it is left out. A value for it takes secret:manage",
  })
  serverId?: string | null;

  @Field(() => String, { nullable: true, description: 'Its value, 1 to 65536 characters' })
  @MaxLength(longestValue)
  value?: string | null;
}

/** What to change of a secret. */
@InputType({ description: 'What to change of a secret; what is left out stays as it is' })
export class UpdateSecretInput extends SecretValuesInput {
  @Field(() => ID, { description: 'Id of the secret' })
  id!: string;

  @Field(() => Int, { description: 'Revision that was seen; another one is a conflict' })
  expectedRevision!: number;

  @Field(() => Boolean, { nullable: true, description: 'Whether it can be used' })
  isActive?: boolean | null;
}

/** The value that a secret gets. */
@InputType({ description: 'The value that a secret gets' })
export class SetSecretValueInput {
  @Field(() => ID, { description: 'Id of the secret' })
  id!: string;

  @Field(() => String, { description: 'The value, 1 to 65536 characters' })
  @MaxLength(longestValue)
  value!: string;

  @Field(() => Int, { nullable: true, description: 'Revision that was seen; another one is a conflict. Not checked when left out' })
  expectedRevision?: number | null;
}

/** The value that takes the place of the one before, and why. */
@InputType({ description: 'The value that takes the place of the one before, and why' })
export class RotateSecretInput extends SetSecretValueInput {
  @Field(() => String, { nullable: true, description: 'Why, up to 1000 characters; never put a secret there' })
  reason?: string | null;
}

/** Which secret to read. */
@InputType({ description: 'Which secret to read' })
export class RevealSecretInput {
  @Field(() => ID, { description: 'Id of the secret' })
  id!: string;
}

/** Which secret to delete. */
@InputType({ description: 'Which secret to delete' })
export class DeleteSecretInput {
  @Field(() => ID, { description: 'Id of the secret' })
  id!: string;
}
