import type { GraphContext } from '#core/graph/context.js';
import type { PythonCode } from '../sandbox/python-run.js';
import { mostCode } from './check-content.js';
import { CodeInspector } from './code-inspector.js';

/** What was seen of which code. */
export interface InspectedCode {
  code: string;
  seen: PythonCode;
}

/** Looks at the Python code that a mutation was given, before its transaction: that takes another process. Null without code. */
export async function inspectCode(
  { system }: GraphContext,
  { input: { pythonCode } }: { input: { pythonCode?: string | null } },
): Promise<InspectedCode | null> {
  // What is too long is refused for that.
  if (pythonCode == null || pythonCode.length > mostCode) return null;
  return { code: pythonCode, seen: await system.services.get(CodeInspector).inspect(pythonCode) };
}
