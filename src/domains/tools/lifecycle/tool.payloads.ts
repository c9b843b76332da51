import { Field, ID, ObjectType } from 'type-graphql';
import { Changed, Payload } from '#core/graph/payload.js';
import { Tool } from '../tool.entity.js';
import type { ToolComparison } from './compare-versions.js';

/** A tool was created. */
@Payload('A tool was created, as a draft')
export class CreateToolPayload {
  @Changed(() => Tool, 'The tool')
  tool!: Tool;
}

/** A tool was changed. */
@Payload('A tool was changed, unless it was so already')
export class UpdateToolPayload {
  @Changed(() => Tool, 'The tool')
  tool!: Tool;
}

/** A tool was submitted. */
@Payload('A tool was submitted: its approval waits')
export class SubmitToolPayload {
  @Changed(() => Tool, 'The tool')
  tool!: Tool;
}

/** A tool was enabled. */
@Payload('A tool was enabled')
export class EnableToolPayload {
  @Changed(() => Tool, 'The tool')
  tool!: Tool;
}

/** A tool was disabled. */
@Payload('A tool was disabled')
export class DisableToolPayload {
  @Changed(() => Tool, 'The tool')
  tool!: Tool;
}

/** A tool was rolled back. */
@Payload('A tool is what it was at an earlier version')
export class RollbackToolPayload {
  @Changed(() => Tool, 'The tool')
  tool!: Tool;
}

/** A tool was deleted. */
@Payload('A tool was deleted, with its versions, requests and uses')
export class DeleteToolPayload {
  @Field(() => ID, { description: 'Id of the tool that is gone' })
  id!: string;
}

/** What differs between two versions of a tool. */
@ObjectType({ description: 'What differs between two versions of a tool; null where nothing does. Differences are unified diffs' })
export class ToolVersionComparison implements ToolComparison {
  @Field(() => [String], { description: 'Names of the fields that differ, in alphabetical order' })
  changedFields!: string[];

  @Field(() => Boolean, { description: 'Whether both ask for the same agreement: only labels differ, if anything' })
  isSameAgreement!: boolean;

  @Field(() => String, { nullable: true, description: 'How the Python source differs' })
  codeDiff!: string | null;

  @Field(() => String, { nullable: true, description: 'How the JSON Schema of the parameters differs' })
  schemaDiff!: string | null;

  @Field(() => String, { nullable: true, description: 'How everything else differs, as JSON by the names of the fields' })
  policyDiff!: string | null;
}
