/** What a tool takes: from whoever runs it, and from whoever approves that. */
export interface ParameterSchemas {
  /** All of it, once the approver has answered. */
  readonly whole: object;
  readonly caller: object;
  /** Null when the tool asks the approver for nothing. */
  readonly approver: object | null;
  /** The names of what only the approver gives. */
  readonly approverNames: readonly string[];
}

const none = { type: 'object', additionalProperties: false };

/**
 * Takes the schema of a tool's parameters apart: a property with `x-approver: true` is given by whoever approves the execution, and by
 * nobody else.
 */
export function parameterSchemas(inputSchema: object | null): ParameterSchemas {
  const whole = (inputSchema ?? none) as Record<string, unknown>;
  const properties = Object.entries((whole.properties ?? {}) as Record<string, Record<string, unknown>>);
  const approverNames = properties.filter(([, property]) => property?.['x-approver'] === true).map(([name]) => name);
  if (approverNames.length === 0) return { whole, caller: whole, approver: null, approverNames };
  const required = (whole.required ?? []) as string[];
  const only = (isApprovers: boolean): object => ({
    properties: Object.fromEntries(properties.filter(([name]) => approverNames.includes(name) === isApprovers)),
    required: required.filter((name) => approverNames.includes(name) === isApprovers),
  });
  return {
    whole,
    caller: { ...whole, ...only(false) },
    approver: { ...(whole.$defs !== undefined && { $defs: whole.$defs }), type: 'object', additionalProperties: false, ...only(true) },
    approverNames,
  };
}
