import { expect } from 'vitest';
import { graphql, type Answer, type Auth } from '../client.js';

/** Sends an operation twice, because it is interpreted at first and then compiled; the answers must be the same. */
export async function answer(url: string, query: string, variables: object = {}, auth: Auth = {}): Promise<Answer> {
  const [first, second] = [await graphql(url, query, variables, auth), await graphql(url, query, variables, auth)];
  expect(second).toEqual(first);
  return first;
}

/** The data of an operation that must succeed, both ways. */
export async function ask(url: string, query: string, variables: object = {}, auth: Auth = {}): Promise<any> {
  const { data, errors } = await answer(url, query, variables, auth);
  if (errors) throw new Error(`the operation failed: ${JSON.stringify(errors)}`);
  return data;
}
