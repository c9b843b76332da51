import type { PythonEnd, PythonRun } from '../sandbox/python-run.js';

/** Runs Python code of tools; each process has one. */
export class PythonRunner {
  constructor(
    /** Runs code once; what went wrong is the end. Throws when the sandbox cannot be opened. */
    readonly run: (run: PythonRun) => Promise<PythonEnd>,
    /** Opens the sandbox, and has a process wait for the first run. */
    readonly warm: () => Promise<unknown>,
  ) {}
}
