import { Changed, Payload } from '#core/graph/payload.js';
import { ToolExecution } from './tool-execution.entity.js';

/** The use of a tool was asked for. */
@Payload('The use of a tool was asked for; it may have its result already, or wait for a human')
export class ExecuteToolPayload {
  @Changed(() => ToolExecution, 'The execution')
  toolExecution!: ToolExecution;
}

/** A tool is tried. */
@Payload('A tool is tried')
export class TestToolPayload {
  @Changed(() => ToolExecution, 'The execution')
  toolExecution!: ToolExecution;
}

/** An execution was stopped or told to stop. */
@Payload('An execution was stopped, or told to stop when it is running')
export class CancelToolExecutionPayload {
  @Changed(() => ToolExecution, 'The execution')
  toolExecution!: ToolExecution;
}
