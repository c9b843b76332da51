import { ArrayMaxSize, MaxLength } from 'class-validator';
import { Field, ID, InputType } from 'type-graphql';
import { DateTime } from '#core/graph/scalars.js';

/** What the new token is for. */
@InputType({ description: 'What the new token is for, and what it may do' })
export class CreateApiTokenInput {
  @Field(() => String, { description: 'What it is for, 1 to 100 characters; shown in the list and in the audit trail' })
  name!: string;

  @Field(() => [String], {
    description:
      'Names of the permissions that it is limited to, each of which the caller holds; with none it does what needs no permission',
  })
  @ArrayMaxSize(100)
  @MaxLength(100, { each: true })
  scopes!: string[];

  @Field(() => DateTime, { description: 'When it ends, at most as many days away as the setting apiTokens.mostDays says' })
  expiresAt!: Date;
}

/** Which token to revoke. */
@InputType({ description: 'Which token to revoke' })
export class RevokeApiTokenInput {
  @Field(() => ID, { description: 'Id of the token' })
  id!: string;
}
