import { randomUUID } from 'node:crypto';
import { aSecret } from '../secrets.js';
import type { Examples, Stage } from './example.js';

// The caller's own, which takes no permission.
const own = async ({ app, caller }: Stage): Promise<string> => (await aSecret(app, caller!.id, { value: 'a value' })).id;

/** Examples of what the vault domain offers. */
export const vaultExamples: Examples = {
  createSecret: () => ({ args: { input: { name: `made_${randomUUID()}` } } }),
  updateSecret: async (stage) => ({ args: { input: { id: await own(stage), expectedRevision: 1, description: 'changed' } } }),
  setSecretValue: async (stage) => ({ args: { input: { id: await own(stage), value: 'another value' } } }),
  rotateSecret: async (stage) => ({ args: { input: { id: await own(stage), value: 'another value' } } }),
  revealSecret: async (stage) => ({ args: { input: { id: await own(stage) } } }),
  deleteSecret: async (stage) => ({ args: { input: { id: await own(stage) } } }),
  secret: async (stage) => ({ args: { id: await own(stage) } }),
};
