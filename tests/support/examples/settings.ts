import { data } from '../client.js';
import type { Examples, Stage } from './example.js';

const key = 'jobs.retentionDays';
const seen = async ({ app, root }: Stage): Promise<{ key: string; expectedRevision: number }> => {
  const { setting } = await data(app.url, 'query($key: String!) { setting(key: $key) { revision } }', { key }, root);
  return { key, expectedRevision: setting.revision };
};

/** Examples of what the settings domain offers. */
export const settingExamples: Examples = {
  setSetting: async (stage) => ({ args: { input: { ...(await seen(stage)), value: 10 } } }),
  resetSetting: async (stage) => ({ args: { input: await seen(stage) } }),
  globalConfig: () => ({ isNull: false }),
};
