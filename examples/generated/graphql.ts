/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** What to run */
export type EnqueueJobInput = {
  /** The same key of the same caller gives the same job again, at most 200 characters */
  idempotencyKey?: string | null | undefined;
  /** Operation: <toolkit slug>.<operation> */
  name: string;
  /** Parameters, as the input schema of the operation has them; none when left out. Never put a secret there */
  parameters?: unknown;
  /** Jobs with a higher number go first, -100 to 100 */
  priority?: number;
};

/** Where a feed stands when it sends a page */
export type FeedState =
  /** The subject is over and complete: nothing follows, and `total` counts its items */
  | 'ENDED'
  /** The feed has caught up; an empty page is a heartbeat */
  | 'LIVE'
  /** These items were there before the subscription; more of them follow */
  | 'REPLAYING'
  /** The cursor is older than what is kept: `lost` names the range that is gone, and the feed goes on after it */
  | 'RESET';

/** How much something that was logged matters */
export type LogLevel =
  /** For developers */
  | 'DEBUG'
  /** Something failed */
  | 'ERROR'
  /** For whoever watches */
  | 'INFO'
  /** Something was refused, skipped or recovered */
  | 'WARN';

/** Credentials of a user */
export type SignInInput = {
  /** What the client says of itself; shown in the list of sessions */
  clientInfo?: string | null | undefined;
  /** Password */
  password: string;
  /** Slug of the provider that verifies them: the one of the kind LOCAL, which it is when left out, or one of the kind LDAP or AD */
  provider?: string | null | undefined;
  /** Code of an app, or a recovery code, of a user with a second factor; without it, the error has the reason TOTP_REQUIRED */
  totpCode?: string | null | undefined;
  /** Sign-in name */
  username: string;
  /** Whether to set an http-only cookie too, for use in a browser */
  withCookie?: boolean;
};

export type SignInMutationVariables = Exact<{
  input: SignInInput;
}>;


export type SignInMutation = { signIn: { accessToken: string, accessTokenExpiresAt: string } };

export type StartJobMutationVariables = Exact<{
  input: EnqueueJobInput;
}>;


export type StartJobMutation = { enqueueJob: { cursor: string, job: { id: string } | null } };

export type JobLogsSubscriptionVariables = Exact<{
  jobId: string;
  after?: string | null | undefined;
  last?: number | null | undefined;
}>;


export type JobLogsSubscription = { jobLogs: { state: FeedState, cursor: string, reason: string | null, total: number | null, lost: { from: string, to: string } | null, items: Array<{ seq: number, attempt: number, level: LogLevel, text: string }> } };

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}

export const SignInDocument = new TypedDocumentString(`
    mutation SignIn($input: SignInInput!) {
  signIn(input: $input) {
    accessToken
    accessTokenExpiresAt
  }
}
    `, {"hash":"sha256:8536a8649a623d0f3e95c855eb9c05024521778dcc4e2b6078dce66068ca176c"}) as unknown as TypedDocumentString<SignInMutation, SignInMutationVariables>;
export const StartJobDocument = new TypedDocumentString(`
    mutation StartJob($input: EnqueueJobInput!) {
  enqueueJob(input: $input) {
    cursor
    job {
      id
    }
  }
}
    `, {"hash":"sha256:029a5736d29a6af46b1ace306b63f3cef7ff9ef9c3b29bd2afe93fa505583385"}) as unknown as TypedDocumentString<StartJobMutation, StartJobMutationVariables>;
export const JobLogsDocument = new TypedDocumentString(`
    subscription JobLogs($jobId: ID!, $after: String, $last: Int) {
  jobLogs(jobId: $jobId, after: $after, last: $last) {
    state
    cursor
    reason
    total
    lost {
      from
      to
    }
    items {
      seq
      attempt
      level
      text
    }
  }
}
    `, {"hash":"sha256:87c0e8f2d79cb842487f2af9952e44fab6ed016b09f7f5fb98a64a61449ac43a"}) as unknown as TypedDocumentString<JobLogsSubscription, JobLogsSubscriptionVariables>;