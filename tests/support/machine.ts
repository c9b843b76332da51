import type { TestApp } from './app.js';
import type { Auth } from './client.js';
import { mutated } from './mutation.js';

/** A program with an API token of somebody, limited to these permissions. */
export async function aMachine(
  app: TestApp,
  owner: Auth,
  scopes: readonly string[],
  { name = 'a program', lastsMs = 3_600_000 } = {},
): Promise<{ id: string; prefix: string; token: string }> {
  const input = { name, scopes, expiresAt: new Date(Date.now() + lastsMs).toISOString() };
  const { token, apiToken } = await mutated(app, 'createApiToken', input, owner, 'token apiToken { id prefix }');
  return { ...apiToken, token };
}
