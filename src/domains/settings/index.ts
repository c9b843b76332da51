export { readSettings } from './read-settings.js';
export { seedGlobalConfig } from './seed-global-config.js';
export { seedSettings } from './seed-settings.js';
export { resetSetting } from './reset-setting.js';
export { setSetting } from './set-setting.js';
