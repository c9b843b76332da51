import { randomUUID } from 'node:crypto';
import { ToolkitRemoval } from '#domains/toolkits/toolkit-removal.entity.js';
import { upload } from '../client.js';
import { mutated } from '../mutation.js';
import { aRow } from '../planted.js';
import { manifestOf, workerOf } from '../toolkit-storage.js';
import { zipOf } from '../zip.js';
import type { Examples, Stage } from './example.js';

const aSlug = (): string => `t${randomUUID().slice(0, 8)}`;

async function aFolder({ toolkits }: Stage): Promise<string> {
  const slug = aSlug();
  await toolkits.put(slug);
  return slug;
}

async function aToolkit(stage: Stage): Promise<string> {
  const slug = await aFolder(stage);
  await mutated(stage.app, 'registerToolkit', { slug }, stage.root);
  return slug;
}

/** Examples of what the toolkits domain offers. */
export const toolkitExamples: Examples = {
  registerToolkit: async (stage) => ({ args: { input: { slug: await aFolder(stage) } } }),
  disableToolkit: async (stage) => ({ args: { input: { slug: await aToolkit(stage) } } }),
  enableToolkit: async (stage) => {
    const slug = await aToolkit(stage);
    await mutated(stage.app, 'disableToolkit', { slug }, stage.root);
    return { args: { input: { slug } } };
  },
  uninstallToolkit: async (stage) => ({ args: { input: { slug: await aToolkit(stage) } } }),
  clearToolkitRemoval: async ({ app }) => {
    const slug = aSlug();
    await aRow(app, ToolkitRemoval, { slug });
    return { args: { input: { slug } } };
  },
  // Superusers only, and a token is none.
  uploadToolkitBundle: async ({ app, caller }) => {
    const manifest = JSON.stringify(manifestOf(aSlug()));
    const bundle = zipOf([
      { name: 'toolkit.json', content: manifest },
      { name: 'worker.mjs', content: workerOf(['go']) },
    ]);
    const file = await upload(app.url, bundle, 'bundle.zip', caller!);
    return { args: { input: { file } }, code: caller!.sessionId === null ? 'FORBIDDEN' : undefined };
  },
};
