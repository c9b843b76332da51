/** What a provider says of somebody who has shown to be them. */
export interface Profile {
  /** What the provider calls them, which never changes there. */
  readonly subject: string;
  readonly username: string | null;
  readonly email: string | null;
  /** Whether the address is known to be theirs. */
  readonly isEmailVerified: boolean;
  readonly fullName: string | null;
  /** Groups or roles that they have there. */
  readonly roleValues: readonly string[];
  readonly rawAttributes: object;
}
