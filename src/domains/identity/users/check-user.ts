import { storableJson } from '#core/database/sql.js';
import type { Problems } from '#core/errors/problems.js';
import type { User } from './user.entity.js';

/** What of a user people write. */
export type UserValues = Pick<
  User,
  'username' | 'email' | 'fullName' | 'discordId' | 'defaultView' | 'singleViewMode' | 'metadata' | 'isVerified' | 'isSuperuser'
>;

/** Such values as an input has them: what is left out or null stays as it is, or is cleared. */
export type GivenUserValues = { [Key in keyof UserValues]?: UserValues[Key] | null };

const longest = { username: 100, email: 254, fullName: 200, discordId: 20, defaultView: 100 } as const;
const mostMetadata = 10_000;

/** Notes what is wrong with the values that are given, at their places in the input. */
export function checkUser(values: GivenUserValues, problems: Problems): void {
  for (const [key, most] of Object.entries(longest) as [keyof typeof longest, number][]) {
    const value = values[key];
    if (typeof value === 'string' && !isPlain(value, most))
      problems.add(`${key} has 1 to ${most} characters, no control characters and no blanks around them`, `input.${key}`);
  }
  // What cannot be seen would make two names look the same.
  if (/\p{Cf}/u.test(values.username ?? '')) problems.add('username has no characters that cannot be seen', 'input.username');
  if (values.email && !/^[^\s@]+@[^\s@]+$/.test(values.email)) problems.add('email is an address such as anna@example.org', 'input.email');
  const { metadata } = values;
  if (metadata != null && !isSmallObject(metadata))
    problems.add(`metadata is an object of at most ${mostMetadata} characters of JSON`, 'input.metadata');
}

/** Whether a text is one line without blanks around it, well formed and neither empty nor too long. */
export const isPlain = (text: string, most: number): boolean =>
  text.length > 0 && text.length <= most && text === text.trim() && text.isWellFormed() && !/[\p{Cc}\u2028\u2029]/u.test(text);

const isSmallObject = (value: object): boolean => {
  if (typeof value !== 'object' || Array.isArray(value)) return false;
  const text = JSON.stringify(value);
  return text.length <= mostMetadata && storableJson(value) === text;
};
