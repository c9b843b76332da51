import { compileSchema } from '#core/errors/json-schema.js';
import type { Problems } from '#core/errors/problems.js';
import { parameterSchemas } from '../executions/parameter-schemas.js';
import { redactParameters } from '../executions/redact-parameters.js';

const longest = 65_536;

/** Notes what keeps a schema from being one of a tool's parameters: it is a JSON Schema of an object, of at most 64 KiB. */
export function checkInputSchema(schema: unknown, problems: Problems): void {
  const at = 'input.inputSchema';
  if (schema === null) return;
  if (typeof schema !== 'object' || Array.isArray(schema) || (schema as { type?: unknown }).type !== 'object') {
    problems.add('inputSchema is a JSON Schema with "type": "object"', at);
    return;
  }
  if (JSON.stringify(schema).length > longest) {
    problems.add(`inputSchema has at most ${longest} characters`, at);
    return;
  }
  try {
    compileSchema(schema);
    const secrets = parameterSchemas(schema).approverNames.filter((name) => redactParameters({ [name]: name }, schema).secrets.length > 0);
    if (secrets.length > 0) problems.add(`What an approver answers is kept and shown, so that it is no secret: ${secrets.join(', ')}`, at);
  } catch (error) {
    problems.add(`inputSchema is no JSON Schema: ${(error as Error).message}`, at);
  }
}
