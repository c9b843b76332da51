import { executionTools } from './execution-tools.js';
import { managementChanges } from './management-changes.js';
import { managementLists } from './management-lists.js';
import type { OwnTool } from './own-tool.js';
import { managementSlug, ownPrefix } from './reserved-names.js';

const added = executionTools(ownPrefix);
const management = [...managementLists, ...managementChanges, ...executionTools('')];

/** The tools of Signalbox itself that are served under a slug. */
export const ownToolsAt = (slug: string): readonly OwnTool[] => (slug === managementSlug ? management : added);
