import type { TestApp } from './app.js';
import { data, type Auth } from './client.js';
import { mutated } from './mutation.js';

/** Sets a setting, whatever it is now. */
export async function setTo(app: TestApp, key: string, value: unknown, auth: Auth): Promise<void> {
  const { setting } = await data(app.url, 'query($key: String!) { setting(key: $key) { revision } }', { key }, auth);
  await mutated(app, 'setSetting', { key, value, expectedRevision: setting.revision }, auth);
}
