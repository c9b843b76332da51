import type { GivenUserValues, UserValues } from './check-user.js';
import type { User } from './user.entity.js';

const clearable: ReadonlySet<string> = new Set(['email', 'fullName', 'discordId', 'defaultView'] satisfies (keyof UserValues)[]);

/**
 * Puts the values that are given into a user; null clears what may be empty, and leaves the rest as it is. A new address is not
 * confirmed yet, unless that is given too; that its owner did so nobody else can say.
 */
export function applyUserValues(user: User, values: GivenUserValues): void {
  const { email } = user;
  const given = Object.entries(values).filter(([key, value]) => value !== undefined && (value !== null || clearable.has(key)));
  Object.assign(user, Object.fromEntries(given));
  if (user.email === email) return;
  user.hasProvenEmail = false;
  if (values.isVerified == null) user.isVerified = false;
}
