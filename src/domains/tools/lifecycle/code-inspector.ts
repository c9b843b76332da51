import type { PythonCode } from '../sandbox/python-run.js';

/** Looks at Python code without running it; each process has one. */
export class CodeInspector {
  constructor(
    /** What can be said of code; throws when that is not possible. */
    readonly inspect: (code: string) => Promise<PythonCode>,
  ) {}
}
