import { declareEnum, type ValueOf } from '#core/database/declare/declaration.js';

/** What carries a tool out. */
export const ToolType = declareEnum('ToolType', 'What carries a tool out', {
  PYTHON_CODE: 'Python code in the sandbox; it defines `async def main(...)`',
  MCP_PASSTHROUGH: 'A tool of an external MCP server, by the name that it has there',
  TOOLKIT_OPERATION: 'An operation of a toolkit',
});
export type ToolType = ValueOf<typeof ToolType>;

/** What a tool deals with. */
export const ToolCategory = declareEnum('ToolCategory', 'What a tool deals with', {
  DATA_ACCESS: 'Reads or writes data',
  API_CALLS: 'Calls other programs over the network',
  FILE_OPERATIONS: 'Reads or writes files',
  CODE_EXECUTION: 'Runs code',
  DATABASE: 'Asks or changes a database',
  COMMUNICATION: 'Sends something to people',
  ANALYSIS: 'Computes something out of what it is given',
  SYSTEM: 'Looks at or changes the system itself',
});
export type ToolCategory = ValueOf<typeof ToolCategory>;

/** How far a tool has come on its way to being used. */
export const ToolApprovalStatus = declareEnum('ToolApprovalStatus', 'How far a tool has come on its way to being used', {
  DRAFT: 'Being written; only test runs are possible',
  PENDING_REVIEW: 'Waits for somebody to agree to exactly what it is now',
  APPROVED: 'Somebody agreed to exactly what it is now',
  REJECTED: 'Somebody refused it; `rejectionReason` says why',
});
export type ToolApprovalStatus = ValueOf<typeof ToolApprovalStatus>;

/** What caused a version of a tool. */
export const ToolChangeSource = declareEnum('ToolChangeSource', 'What caused a version of a tool', {
  MANUAL: 'A person',
  LLM: 'An agent, over MCP or with an API token',
  IMPORT: 'An import from an external MCP server, or what was found changed there or in a toolkit',
  ROLLBACK: 'A return to an earlier version',
});
export type ToolChangeSource = ValueOf<typeof ToolChangeSource>;
