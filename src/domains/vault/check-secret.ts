import { storableJson } from '#core/database/sql.js';
import type { Problems } from '#core/errors/problems.js';
import type { Secret } from './secret.entity.js';

/** What of a secret people write, besides its name and value. */
export type SecretValues = Pick<
  Secret,
  | 'displayName'
  | 'description'
  | 'type'
  | 'metadata'
  | 'tags'
  | 'requiredPermission'
  | 'isActive'
  | 'isRotatable'
  | 'isRotationEnabled'
  | 'rotationDays'
  | 'expiresAt'
>;

/** Such values as an input has them: what is left out stays as it is, and null clears what may be empty. */
export type GivenSecretValues = { [Key in keyof SecretValues]?: SecretValues[Key] | null };

const mostMetadata = 10_000;
const mostValue = 65_536;
const isText = (text: string, most: number): boolean => text.length > 0 && text.length <= most && storable(text);
const storable = (text: string): boolean => text.isWellFormed() && !text.includes('\0');

/** Notes what is wrong with the name of a secret. */
export function checkName(name: string, problems: Problems): void {
  if (!/^[A-Za-z_][A-Za-z0-9_.-]{0,254}$/.test(name))
    problems.add('name has 1 to 255 letters, digits, "_", "." and "-", and begins with a letter or "_"', 'input.name');
}

/** Notes what is wrong with a value, without telling anything of it. */
export function checkValue(value: string, problems: Problems): void {
  if (value.length === 0 || value.length > mostValue || !value.isWellFormed())
    problems.add(`value has 1 to ${mostValue} characters of well-formed text`, 'input.value');
}

/** Notes what is wrong with the reason of a rotation. */
export function checkReason(reason: string | null, problems: Problems): void {
  if (reason !== null && !isText(reason, 1_000)) problems.add('reason has 1 to 1000 characters', 'input.reason');
}

/** Notes what is wrong with the values that are given, at their places in the input. */
export function checkSecret(values: GivenSecretValues, problems: Problems): void {
  const { displayName, description, metadata, tags, rotationDays } = values;
  if (displayName != null && !isText(displayName, 200)) problems.add('displayName has 1 to 200 characters', 'input.displayName');
  if (description != null && !isText(description, 2_000)) problems.add('description has 1 to 2000 characters', 'input.description');
  if (metadata != null && !isSmallObject(metadata))
    problems.add(`metadata is an object of at most ${mostMetadata} characters of JSON`, 'input.metadata');
  if (tags != null && (tags.length > 50 || new Set(tags).size < tags.length || !tags.every((tag) => isText(tag, 100))))
    problems.add('tags are at most 50 different words of 1 to 100 characters', 'input.tags');
  if (rotationDays != null && (rotationDays < 1 || rotationDays > 3_650)) problems.add('rotationDays is 1 to 3650', 'input.rotationDays');
}

/** Notes what does not go together once the values are those of the secret. */
export function checkRotation(
  { isRotationEnabled, isRotatable, rotationDays }: Pick<Secret, 'isRotationEnabled' | 'isRotatable' | 'rotationDays'>,
  problems: Problems,
): void {
  if (!isRotationEnabled) return;
  if (rotationDays === null) problems.add('With isRotationEnabled, rotationDays says how often', 'input.rotationDays');
  if (!isRotatable) problems.add('What is not rotatable has no rotation to enable', 'input.isRotationEnabled');
}

const isSmallObject = (value: object): boolean => {
  if (typeof value !== 'object' || Array.isArray(value)) return false;
  const text = JSON.stringify(value);
  return text.length <= mostMetadata && storableJson(value) === text;
};
