import { declareValue } from '#core/database/declare/declaration.js';

/** How an operation is shown. */
export const operationValue = declareValue('Operation', 'Something that a job can run', {
  name: { kind: 'string', description: 'What enqueueJob takes: <toolkit slug>.<operation>' },
  description: { kind: 'string', description: 'What it does' },
  inputSchema: { kind: 'json', description: 'JSON Schema (draft 2020-12) of its parameters' },
  queue: { kind: 'string', description: 'Queue in which its jobs wait' },
  files: { kind: 'string', list: true, description: 'Parameters that name a file: the id of an upload or a path' },
  maxAttempts: { kind: 'int', description: 'After how many failed or lost runs a job is given up' },
  concurrency: {
    kind: 'int',
    nullable: true,
    description: 'How many of its runs may take place at once, over all workers; null for no limit',
  },
  concurrencyKey: {
    kind: 'string',
    nullable: true,
    description: 'Parameter for each value of which that limit holds; null when all runs count together',
  },
  timeoutMs: { kind: 'long', description: 'Longest time of one run, in milliseconds' },
  memoryMb: { kind: 'int', description: 'Heap of the process of one run, in MiB' },
  cpuMs: { kind: 'long', nullable: true, description: 'Processor time of one run, in milliseconds; null for no limit but timeoutMs' },
  logBytes: { kind: 'long', description: 'What the log of a job may hold, in bytes' },
  outputBytes: { kind: 'long', description: 'What the files of a run may hold, in bytes' },
});
