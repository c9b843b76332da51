import type { Setting } from '#domains/settings/setting.entity.js';

/** The value of a setting as a person may see it. */
export function shownValue({ value, isEncrypted, hasValue }: Setting): string {
  if (isEncrypted) return hasValue ? '(secret)' : '(no secret is set)';
  return JSON.stringify(value);
}
