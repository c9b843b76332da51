import { adminPassword } from './app.js';

/** How a request shows who it comes from. */
export interface Auth {
  token?: string;
  cookie?: string;
}

/** A GraphQL response. */
export interface Answer<Data = any> {
  data: Data;
  errors?: {
    message: string;
    path?: (string | number)[];
    locations?: object[];
    extensions: { code: string; paths?: string[]; errorId?: string };
  }[];
}

/** The headers that carry the credentials. */
export const authHeaders = ({ token, cookie }: Auth = {}): Record<string, string> => ({
  ...(token && { authorization: `Bearer ${token}` }),
  ...(cookie && { cookie: `signalbox_session=${cookie}` }),
});

/** What an answer tells of the operation itself. */
export interface AnswerExtensions {
  cost: { requested: number; limit: number };
  statements?: number;
}

/** Sends an operation over HTTP; returns what it answers, without the extensions. */
export async function graphql<Data = any>(url: string, query: string, variables: object = {}, auth: Auth = {}): Promise<Answer<Data>> {
  const { extensions: _, ...answer } = await send<Data>(url, query, variables, auth);
  return answer;
}

/** Sends an operation over HTTP; returns all of the answer. */
export async function send<Data = any>(
  url: string,
  query: string,
  variables: object = {},
  auth: Auth = {},
): Promise<Answer<Data> & { extensions?: AnswerExtensions }> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...authHeaders(auth) },
    body: JSON.stringify({ query, variables }),
  });
  return (await response.json()) as Answer<Data> & { extensions?: AnswerExtensions };
}

/** Sends an operation that must succeed; returns its data. */
export async function data<Data = any>(url: string, query: string, variables: object = {}, auth: Auth = {}): Promise<Data> {
  const answer = await graphql<Data>(url, query, variables, auth);
  if (answer.errors) throw new Error(`the operation failed: ${JSON.stringify(answer.errors)}`);
  return answer.data;
}

/** Signs in with a password; returns the tokens. */
export async function signIn(
  url: string,
  username = 'admin',
  password = adminPassword,
): Promise<{ token: string; refreshToken: string; sessionId: string }> {
  const { signIn: payload } = await data(
    url,
    'mutation($input: SignInInput!) { signIn(input: $input) { accessToken refreshToken session { id } } }',
    { input: { username, password } },
  );
  return { token: payload.accessToken, refreshToken: payload.refreshToken, sessionId: payload.session.id };
}

/** Uploads a file; returns its id. */
export async function upload(url: string, content: string | Uint8Array, name = 'test.log', auth: Auth = {}): Promise<string> {
  const body = new FormData();
  body.append('file', new Blob([content as BlobPart]), name);
  const response = await fetch(`${url}/uploads`, { method: 'POST', headers: authHeaders(auth), body });
  const stored = (await response.json()) as { id: string; errors?: object[] };
  if (stored.errors) throw new Error(`the upload failed: ${JSON.stringify(stored.errors)}`);
  return stored.id;
}
