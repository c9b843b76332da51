import type { Secret } from './secret.entity.js';

const dayMs = 86_400_000;

/** When a secret that has had its value since then is due for rotation; null when it never is. */
export const rotationDue = (
  { isRotationEnabled, rotationDays }: Pick<Secret, 'isRotationEnabled' | 'rotationDays'>,
  valueSince: Date | null,
): Date | null =>
  isRotationEnabled && rotationDays !== null && valueSince !== null ? new Date(valueSince.getTime() + rotationDays * dayMs) : null;
