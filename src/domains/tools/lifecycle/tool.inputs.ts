import { MaxLength } from 'class-validator';
import { Field, ID, InputType, Int } from 'type-graphql';
import { Json, SafeInt } from '#core/graph/scalars.js';
import { RiskLevel } from '#domains/approvals/index.js';
import { enumType } from '#core/graph/build/enum-types.js';
import { ToolCategory, ToolType } from '../tool-kinds.js';

const categoryType = enumType(ToolCategory);
const typeType = enumType(ToolType);
const riskType = enumType(RiskLevel);
const mostSummary = 500;
const mostNotes = 4_000;

/** What the new tool is. */
@InputType({ description: 'What the new tool is; it is a draft until it is submitted and somebody agrees' })
export class CreateToolInput {
  @Field(() => ID, { nullable: true, description: 'Id of its MCP server; without one it is not served over MCP' })
  server?: string | null;

  @Field(() => typeType, { description: 'What carries it out; it cannot be changed later' })
  type!: ToolType;

  @Field(() => String, { description: 'Name by which it is called: 1 to 128 letters, digits, dots, hyphens and underscores' })
  name!: string;

  @Field(() => String, { nullable: true, description: 'Name for people' })
  displayName?: string | null;

  @Field(() => String, { nullable: true, description: 'What it does; agents read it to choose' })
  description?: string | null;

  @Field(() => categoryType, { nullable: true, description: 'What it deals with; ANALYSIS when left out' })
  category?: ToolCategory | null;

  @Field(() => Json, {
    nullable: true,
    description: 'JSON Schema of its parameters, with "type": "object"; of a TOOLKIT_OPERATION that of the operation when left out',
  })
  inputSchema?: object | null;

  @Field(() => String, { nullable: true, description: 'Of PYTHON_CODE: source that defines `async def main(...)`' })
  pythonCode?: string | null;

  @Field(() => [String], { nullable: true, description: 'Of PYTHON_CODE: packages that it needs' })
  codeDependencies?: string[] | null;

  @Field(() => ID, { nullable: true, description: 'Of MCP_PASSTHROUGH: id of an external source of the same server' })
  externalSource?: string | null;

  @Field(() => String, { nullable: true, description: 'Of MCP_PASSTHROUGH: name that the tool has there' })
  externalToolName?: string | null;

  @Field(() => String, { nullable: true, description: 'Of TOOLKIT_OPERATION: <toolkit slug>.<operation>' })
  operation?: string | null;

  @Field(() => Boolean, { nullable: true, description: 'Whether each run waits until somebody agrees to it; false when left out' })
  requiresApproval?: boolean | null;

  @Field(() => riskType, { nullable: true, description: 'How much harm it could do; LOW when left out' })
  riskLevel?: RiskLevel | null;

  @Field(() => String, { nullable: true, description: 'Permission that its users need beside tool:execute' })
  requiredPermission?: string | null;

  @Field(() => Int, { nullable: true, description: 'How many of its runs may take place at once, 1 to 1,000' })
  maxConcurrentExecutions?: number | null;

  @Field(() => Int, {
    nullable: true,
    description: 'Longest time of a run in milliseconds, 100 to 3,600,000; without it that of its server',
  })
  timeoutMs?: number | null;

  @Field(() => Int, { nullable: true, description: 'How many runs an execution has before it fails, 1 to 10; 1 when left out' })
  maxAttempts?: number | null;

  @Field(() => SafeInt, {
    nullable: true,
    description: 'How long a result answers the same question again, in milliseconds, a second to 30 days; not at all when left out',
  })
  cacheTtlMs?: number | null;

  @Field(() => String, { nullable: true, description: 'What is to be said of its first version, in at most 500 characters' })
  @MaxLength(mostSummary)
  changeSummary?: string | null;
}

/** What to change of a tool. */
@InputType({ description: 'What to change of a tool; what is left out stays, and null clears what may be empty' })
export class UpdateToolInput {
  @Field(() => ID, { description: 'Id of the tool' })
  id!: string;

  @Field(() => Int, { description: 'Revision that was seen; another one is a conflict' })
  expectedRevision!: number;

  @Field(() => String, { nullable: true, description: 'Name by which it is called' })
  name?: string | null;

  @Field(() => String, { nullable: true, description: 'Name for people; null clears it' })
  displayName?: string | null;

  @Field(() => String, { nullable: true, description: 'What it does; null clears it' })
  description?: string | null;

  @Field(() => categoryType, { nullable: true, description: 'What it deals with' })
  category?: ToolCategory | null;

  @Field(() => Json, { nullable: true, description: 'JSON Schema of its parameters, with "type": "object"; null clears it' })
  inputSchema?: object | null;

  @Field(() => String, { nullable: true, description: 'Of PYTHON_CODE: source that defines `async def main(...)`' })
  pythonCode?: string | null;

  @Field(() => [String], { nullable: true, description: 'Of PYTHON_CODE: packages that it needs; replaces all' })
  codeDependencies?: string[] | null;

  @Field(() => ID, { nullable: true, description: 'Of MCP_PASSTHROUGH: id of an external source of the same server' })
  externalSource?: string | null;

  @Field(() => String, { nullable: true, description: 'Of MCP_PASSTHROUGH: name that the tool has there' })
  externalToolName?: string | null;

  @Field(() => String, { nullable: true, description: 'Of TOOLKIT_OPERATION: <toolkit slug>.<operation>' })
  operation?: string | null;

  @Field(() => Boolean, { nullable: true, description: 'Whether each run waits until somebody agrees to it' })
  requiresApproval?: boolean | null;

  @Field(() => riskType, { nullable: true, description: 'How much harm it could do' })
  riskLevel?: RiskLevel | null;

  @Field(() => String, { nullable: true, description: 'Permission that its users need beside tool:execute; null for none' })
  requiredPermission?: string | null;

  @Field(() => Int, { nullable: true, description: 'How many of its runs may take place at once; null for no limit of its own' })
  maxConcurrentExecutions?: number | null;

  @Field(() => Int, { nullable: true, description: 'Longest time of a run, in milliseconds; null for that of its server' })
  timeoutMs?: number | null;

  @Field(() => Int, { nullable: true, description: 'How many runs an execution has before it fails' })
  maxAttempts?: number | null;

  @Field(() => SafeInt, { nullable: true, description: 'How long a result answers the same question again; null for not at all' })
  cacheTtlMs?: number | null;

  @Field(() => String, { nullable: true, description: 'What was changed, in at most 500 characters' })
  @MaxLength(mostSummary)
  changeSummary?: string | null;
}

/** Which tool to submit. */
@InputType({ description: 'Which tool to submit, and what to tell whoever decides' })
export class SubmitToolInput {
  @Field(() => ID, { description: 'Id of the tool' })
  id!: string;

  @Field(() => Int, { nullable: true, description: 'Revision that was seen; another one is a conflict' })
  expectedRevision?: number | null;

  @Field(() => String, { nullable: true, description: 'What to tell whoever decides; what was told before stays when it is left out' })
  @MaxLength(mostNotes)
  publishNotes?: string | null;
}

/** Which tool to enable. */
@InputType({ description: 'Which tool to enable' })
export class EnableToolInput {
  @Field(() => ID, { description: 'Id of the tool' })
  id!: string;

  @Field(() => Int, { nullable: true, description: 'Revision that was seen; another one is a conflict' })
  expectedRevision?: number | null;
}

/** Which tool to disable. */
@InputType({ description: 'Which tool to disable' })
export class DisableToolInput {
  @Field(() => ID, { description: 'Id of the tool' })
  id!: string;

  @Field(() => Int, { nullable: true, description: 'Revision that was seen; another one is a conflict' })
  expectedRevision?: number | null;
}

/** Which tool to bring back to which version. */
@InputType({ description: 'Which tool to bring back to which of its versions' })
export class RollbackToolInput {
  @Field(() => ID, { description: 'Id of the tool' })
  id!: string;

  @Field(() => Int, { description: 'Number of the version' })
  versionNumber!: number;

  @Field(() => Int, { description: 'Revision that was seen; another one is a conflict' })
  expectedRevision!: number;

  @Field(() => String, { nullable: true, description: 'Why, in at most 500 characters' })
  @MaxLength(mostSummary)
  changeSummary?: string | null;
}

/** Which tool to delete. */
@InputType({ description: 'Which tool to delete' })
export class DeleteToolInput {
  @Field(() => ID, { description: 'Id of the tool' })
  id!: string;

  @Field(() => Int, { nullable: true, description: 'Revision that was seen; another one is a conflict' })
  expectedRevision?: number | null;
}
