/** Whether an error says that something was no JSON, or no message of MCP. */
export const isGibberish = (error: unknown): boolean =>
  error instanceof SyntaxError || (error instanceof Error && /^\$?Zod\w*Error$/.test(error.name));
