import { feed } from '#core/graph/feed.js';
import { ToolExecutionEvent } from './tool-execution-event.entity.js';
import { ToolExecution } from './tool-execution.entity.js';

/** What can be followed of executions. */
export const executionFeeds = [
  feed({
    name: 'toolExecution',
    item: ToolExecutionEvent,
    subject: { arg: 'id', of: ToolExecution },
    description: 'What happens to one execution of a tool and what its runs tell, until it has ended',
  }),
];
