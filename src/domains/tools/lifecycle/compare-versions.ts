import { createTwoFilesPatch } from 'diff';
import type { ToolVersion } from '../tool-version.entity.js';

/** What differs between two versions of a tool: unified diffs, null where nothing does. */
export interface ToolComparison {
  changedFields: string[];
  isSameAgreement: boolean;
  codeDiff: string | null;
  schemaDiff: string | null;
  policyDiff: string | null;
}

const patience = { context: 3, timeout: 1_000 };

/** Compares two versions of a tool, so that a person can read what was changed. */
export function compareVersions(from: ToolVersion, to: ToolVersion): ToolComparison {
  const [before, after] = [fieldsOf(from), fieldsOf(to)];
  const changedFields = Object.keys({ ...before, ...after }).filter((name) => asText(before[name]) !== asText(after[name]));
  const rest = ({ pythonCode: _code, inputSchema: _schema, ...others }: Record<string, unknown>): string => asText(others);
  const names = (what: string): [string, string] => [`${what} of version ${from.versionNumber}`, `${what} of version ${to.versionNumber}`];
  return {
    changedFields: changedFields.sort(),
    isSameAgreement: from.digest === to.digest,
    codeDiff: difference(names('code'), from.pythonCode ?? '', to.pythonCode ?? ''),
    schemaDiff: difference(names('schema'), asText(from.inputSchema), asText(to.inputSchema)),
    policyDiff: difference(names('policy'), rest(before), rest(after)),
  };
}

const fieldsOf = ({ name, description, timeoutMs, pythonCode, inputSchema, policy }: ToolVersion): Record<string, unknown> => ({
  name,
  description,
  timeoutMs,
  pythonCode,
  inputSchema,
  ...policy,
});

const asText = (value: unknown): string => (value == null ? '' : `${JSON.stringify(value, null, 2)}\n`);

function difference([from, to]: [string, string], before: string, after: string): string | null {
  if (before === after) return null;
  // Without a result the texts are long and have little in common: then all of one goes and all of the other comes.
  const patch = createTwoFilesPatch(from, to, before, after, undefined, undefined, patience) as string | undefined;
  return patch?.replace(/^=+\n/, '') ?? `--- ${from}\n+++ ${to}\n${marked('-', before)}${marked('+', after)}`;
}

const marked = (sign: string, text: string): string => text.replace(/^(?=.|\n)/gm, sign);
