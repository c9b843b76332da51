import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { RiskLevel } from '#domains/approvals/index.js';
import { ToolCategory } from '../tool-kinds.js';

const keysOf = <Value extends string>(declared: { values: Readonly<Record<Value, string>> }): [Value, ...Value[]] =>
  Object.keys(declared.values) as [Value, ...Value[]];

/** `tools.json` of a folder of Python tools; what is said of a tool is checked when it is created. */
const toolManifest = z.strictObject({
  server: z.strictObject({ slug: z.string(), name: z.string(), description: z.string().optional() }),
  tools: z.array(
    z.strictObject({
      file: z.string().regex(/^[\w.-]+\.py$/),
      name: z.string(),
      displayName: z.string().optional(),
      description: z.string().optional(),
      category: z.enum(keysOf(ToolCategory)).optional(),
      inputSchema: z.record(z.string(), z.unknown()).optional(),
      requiresApproval: z.boolean().optional(),
      riskLevel: z.enum(keysOf(RiskLevel)).optional(),
      requiredPermission: z.string().optional(),
      maxConcurrentExecutions: z.int().optional(),
      timeoutMs: z.int().optional(),
      maxAttempts: z.int().optional(),
      cacheTtlMs: z.int().optional(),
      hosts: z.array(z.strictObject({ host: z.string(), port: z.int().optional(), justification: z.string() })).default([]),
      modules: z.array(z.strictObject({ moduleName: z.string(), justification: z.string() })).default([]),
    }),
  ),
});

type Manifest = z.infer<typeof toolManifest>;

/** A folder of Python tools: the server that they are for, and each tool with its source and what it asks for. */
export interface ToolFolder {
  server: Manifest['server'];
  tools: (Omit<Manifest['tools'][number], 'file'> & { pythonCode: string })[];
}

/** Reads a folder with `tools.json` and the sources that it names; throws when it is not in order. */
export async function readToolFolder(folder: string): Promise<ToolFolder> {
  const { data, error } = toolManifest.safeParse(JSON.parse(await readFile(join(folder, 'tools.json'), 'utf8')));
  if (!data) throw new Error(`tools.json is not in order: ${z.prettifyError(error)}`);
  const tools = data.tools.map(async ({ file, ...tool }) => ({ ...tool, pythonCode: await readFile(join(folder, file), 'utf8') }));
  return { server: data.server, tools: await Promise.all(tools) };
}
