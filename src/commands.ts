import { backup } from './commands/backup.js';
import { checkpointAudit } from './commands/checkpoint-audit.js';
import { createAdmin } from './commands/create-admin.js';
import { disableTotp } from './commands/disable-totp.js';
import { exportAudit } from './commands/export-audit.js';
import { getSetting } from './commands/get-setting.js';
import { importTools } from './commands/import-tools.js';
import { listSettings } from './commands/list-settings.js';
import { listUsers } from './commands/list-users.js';
import { migrate } from './commands/migrate.js';
import { resetPassword } from './commands/reset-password.js';
import { resetSetting } from './commands/reset-setting.js';
import { restore } from './commands/restore.js';
import { setSetting } from './commands/set-setting.js';
import { unlockUser } from './commands/unlock-user.js';
import { verifyAudit } from './commands/verify-audit.js';
import type { Command } from './console/command.js';

/** All that the command line can do, in the order of its help. */
export const commands: readonly Command[] = [
  migrate,
  backup,
  restore,
  listUsers,
  createAdmin,
  resetPassword,
  unlockUser,
  disableTotp,
  listSettings,
  getSetting,
  setSetting,
  resetSetting,
  importTools,
  verifyAudit,
  exportAudit,
  checkpointAudit,
];
