/** The stream that rings when a setting was changed, on every node. */
export const settingsStream = 'settings';
