import { data } from '../client.js';
import { mutated } from '../mutation.js';
import { aTool } from '../tools.js';
import type { Examples } from './example.js';

/** Examples of what the approvals domain offers. */
export const approvalExamples: Examples = {
  decideApproval: async ({ app, root, may }) => {
    const { id } = await aTool(app, { type: 'TOOLKIT_OPERATION', operation: 'upkeep.trimJobs', pythonCode: null });
    await mutated(app, 'submitTool', { id }, root);
    const { tool } = await data(app.url, 'query($id: ID!) { tool(id: $id) { approval { id digest } } }', { id }, root);
    return { args: { input: { ...tool.approval, verdict: 'APPROVED' } }, code: may('tool:approve') ? undefined : 'NOT_FOUND' };
  },
};
