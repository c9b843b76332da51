/** What the parent writes as the first line of the child's standard input. */
export type StartMessage = {
  module: string;
  register: string;
  operation: string;
  parameters: unknown;
  files: Record<string, { path: string; name: string; sizeBytes: number }>;
  /** Where the run may write files that become its result. */
  output: { folder: string };
};

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
