/** What the parent writes as the first line of the child's standard input: the module to import, and what to do with it. */
export type StartMessage = { module: string } & (RunTask | DescribeTask | CallTask);

/** Run one operation of those that the function `register` of a worker module names. */
export type RunTask = {
  task: 'run';
  register: string;
  operation: string;
  parameters: unknown;
  files: Record<string, { path: string; name: string; sizeBytes: number }>;
  /** What people have set, secrets opened: it goes this way only, and is stored nowhere. */
  settings: Record<string, unknown>;
  /** Where the run may write files that become its result. */
  output: { folder: string };
};

/** Tell the names of the operations that the function `register` of a worker module names. */
export type DescribeTask = { task: 'describe'; register: string };

/** Call a function of a module, with one argument, and tell what it returns. */
export type CallTask = { task: 'call'; function: string; argument: unknown };

/** What a run tells of its progress. */
export type Progress = { status?: string; message?: string; progress?: number; payload?: unknown };

/** A structured log line. */
export type LogEntry = { level: 'DEBUG' | 'INFO' | 'WARN' | 'ERROR'; text: string; fields?: unknown };

/** What the child writes, one JSON object a line, to file descriptor 3. */
export type ChildMessage =
  | ({ is: 'progress' } & Progress)
  | ({ is: 'log' } & LogEntry)
  | { is: 'result'; result: unknown }
  | { is: 'error'; message: string; stack?: string };
