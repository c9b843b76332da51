/** Why a backup or a restore is refused or broke off, in words for the person at the terminal. */
export class BackupError extends Error {
  override readonly name = 'BackupError';
}

/** The refusal of a file that is no backup, or not a whole one. */
export const damaged = (file: string, reason: string): BackupError =>
  new BackupError(`${file} cannot be restored: ${reason}. Nothing was changed.`);
