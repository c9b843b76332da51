/** How long an external MCP server may take, in milliseconds, and how much it may answer. */
export const mcpLimits = {
  /** Until a connection is there, with its introduction. */
  openMs: 10_000,
  /** Until one page of tools is there. */
  pageMs: 15_000,
  /** Until all tools are there. */
  discoveryMs: 60_000,
  /** Until an end point of OAuth has answered. */
  oauthMs: 10_000,
  /** Of the longest call. */
  callMs: 3_600_000,
  /** Of one answer, or of one event. */
  answerBytes: 4 * 1024 * 1024,
  oauthBytes: 256 * 1024,
  /** Of all events of one stream together. */
  streamBytes: 16 * 1024 * 1024,
  /** Messages of one connection, whatever they are. */
  messages: 20_000,
  pages: 50,
  tools: 1_000,
  /** Of all tools of a source together, as JSON. */
  toolBytes: 2 * 1024 * 1024,
  nameLength: 128,
  descriptionLength: 10_000,
  schemaBytes: 64 * 1024,
  /** Objects and lists within each other. */
  depth: 32,
  /** How often a server that cannot be reached is tried, and how long the first pause is; each is twice as long as the one before. */
  openings: 3,
  firstPauseMs: 250,
  /** How long a connection that nobody uses stays open, and how long one that is used. */
  idleMs: 60_000,
  ageMs: 900_000,
} as const;
