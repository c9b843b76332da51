import type { AppError } from '#core/errors/app-error.js';

/** What people have set: a value, or why it cannot be read. */
export type StoredSetting = { readonly key: string } & ({ readonly value: unknown } | { readonly unreadable: AppError });
