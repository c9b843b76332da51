/** Slug under which Signalbox serves its own tools, to write tools and to ask for what they need; no MCP server may have it. */
export const managementSlug = 'signalbox';

/** How the names of the tools begin that Signalbox adds to every MCP server; no other tool may be called so. */
export const ownPrefix = 'signalbox_';
