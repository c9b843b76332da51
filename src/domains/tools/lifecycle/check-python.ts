import { AppError } from '#core/errors/app-error.js';
import type { Problems } from '#core/errors/problems.js';
import { mostCode } from './check-content.js';
import type { InspectedCode } from './inspect-code.js';

/**
 * Notes what is wrong with the code of a tool: what does not parse, with its line, or that it has no `main`. Returns the modules that it
 * imports beside those that every tool may import.
 */
export function checkPython(code: string, prepared: unknown, problems: Problems): string[] {
  if (code.length > mostCode) return [];
  const inspected = prepared as InspectedCode | null;
  if (inspected?.code !== code) throw new AppError('CONFLICT', 'The code of the tool changed meanwhile: read it again and repeat');
  const { problems: found, hasMain, refusedModules } = inspected.seen;
  const at = 'input.pythonCode';
  for (const { line, message } of found) problems.add(`line ${line}: ${message}`, at);
  if (found.length === 0 && !hasMain) problems.add('pythonCode defines `async def main(...)`', at);
  return refusedModules;
}
