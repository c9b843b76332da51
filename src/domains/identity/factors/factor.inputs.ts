import { MaxLength } from 'class-validator';
import { Field, ID, InputType } from 'type-graphql';

const code = 'Code of the app, or a recovery code';

/** A first code. */
@InputType({ description: 'A first code' })
export class ConfirmTotpInput {
  @Field(() => String, { description: 'Code of the app, six digits' })
  @MaxLength(40)
  code!: string;
}

/** A last code. */
@InputType({ description: 'A last code' })
export class DisableTotpInput {
  @Field(() => String, { description: code })
  @MaxLength(40)
  code!: string;
}

/** A code for new recovery codes. */
@InputType({ description: 'A code that shows that the second factor is at hand' })
export class RegenerateRecoveryCodesInput {
  @Field(() => String, { description: code })
  @MaxLength(40)
  code!: string;
}

/** Whose second factor to end. */
@InputType({ description: 'Whose second factor to end' })
export class ResetUserTotpInput {
  @Field(() => ID, { description: 'Id of the user, who is not the caller' })
  id!: string;
}

/** What shows who the caller is. */
@InputType({ description: 'What shows who the caller is: both of those that they have' })
export class ReauthenticateSessionInput {
  @Field(() => String, { nullable: true, description: 'The present password' })
  @MaxLength(1000)
  password?: string | null;

  @Field(() => String, { nullable: true, description: code })
  @MaxLength(40)
  totpCode?: string | null;
}
