import { badInput } from '#core/errors/bad-input.js';
import { checkSchema } from '#core/errors/check-schema.js';
import type { ParameterSchemas } from './parameter-schemas.js';

/** Refuses parameters that do not fit what a tool takes from whoever runs it, with the path of each that does not. */
export async function checkParameters({ caller, approverNames }: ParameterSchemas, parameters: Record<string, unknown>): Promise<void> {
  const given = approverNames.filter((name) => Object.hasOwn(parameters, name));
  if (given.length > 0)
    throw badInput(`Only whoever approves it gives: ${given.join(', ')}`, ...given.map((name) => `input.parameters.${name}`));
  const misfits = await checkSchema({ schema: caller, value: parameters, at: 'input.parameters' });
  if (misfits.length > 0)
    throw badInput(
      `The parameters do not fit the tool: ${misfits.map(({ path, message }) => `${path} ${message}`).join('; ')}`,
      ...new Set(misfits.map(({ path }) => path)),
    );
}
