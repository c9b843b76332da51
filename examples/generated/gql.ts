/* eslint-disable */
import * as types from './graphql.ts';



/**
 * Map of all GraphQL operations in the project.
 *
 * This map has several performance disadvantages:
 * 1. It is not tree-shakeable, so it will include all operations in the project.
 * 2. It is not minifiable, so the string of a GraphQL query will be multiple times inside the bundle.
 * 3. It does not support dead code elimination, so it will add unused operations.
 *
 * Therefore it is highly recommended to use the babel or swc plugin for production.
 * Learn more about it here: https://the-guild.dev/graphql/codegen/plugins/presets/preset-client#reducing-bundle-size
 */
type Documents = {
    "mutation SignIn($input: SignInInput!) {\n  signIn(input: $input) {\n    accessToken\n    accessTokenExpiresAt\n  }\n}\n\nmutation StartJob($input: EnqueueJobInput!) {\n  enqueueJob(input: $input) {\n    cursor\n    job {\n      id\n    }\n  }\n}\n\nsubscription JobLogs($jobId: ID!, $after: String, $last: Int) {\n  jobLogs(jobId: $jobId, after: $after, last: $last) {\n    state\n    cursor\n    reason\n    total\n    lost {\n      from\n      to\n    }\n    items {\n      seq\n      attempt\n      level\n      text\n    }\n  }\n}": typeof types.SignInDocument,
};
const documents: Documents = {
    "mutation SignIn($input: SignInInput!) {\n  signIn(input: $input) {\n    accessToken\n    accessTokenExpiresAt\n  }\n}\n\nmutation StartJob($input: EnqueueJobInput!) {\n  enqueueJob(input: $input) {\n    cursor\n    job {\n      id\n    }\n  }\n}\n\nsubscription JobLogs($jobId: ID!, $after: String, $last: Int) {\n  jobLogs(jobId: $jobId, after: $after, last: $last) {\n    state\n    cursor\n    reason\n    total\n    lost {\n      from\n      to\n    }\n    items {\n      seq\n      attempt\n      level\n      text\n    }\n  }\n}": types.SignInDocument,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "mutation SignIn($input: SignInInput!) {\n  signIn(input: $input) {\n    accessToken\n    accessTokenExpiresAt\n  }\n}\n\nmutation StartJob($input: EnqueueJobInput!) {\n  enqueueJob(input: $input) {\n    cursor\n    job {\n      id\n    }\n  }\n}\n\nsubscription JobLogs($jobId: ID!, $after: String, $last: Int) {\n  jobLogs(jobId: $jobId, after: $after, last: $last) {\n    state\n    cursor\n    reason\n    total\n    lost {\n      from\n      to\n    }\n    items {\n      seq\n      attempt\n      level\n      text\n    }\n  }\n}"): typeof import('./graphql.ts').SignInDocument;


export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}
