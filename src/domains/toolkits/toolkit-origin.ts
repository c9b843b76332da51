import { declareEnum, type ValueOf } from '#core/database/declare/declaration.js';

/** Where a toolkit comes from. */
export const ToolkitOrigin = declareEnum('ToolkitOrigin', 'Where a toolkit comes from', {
  FOLDER: 'A folder that an operator put below TOOLKIT_STORAGE_DIR; Signalbox never changes or removes it',
  BUNDLE: 'A bundle that was uploaded; its folder is replaced and removed with it',
});
/** Where a toolkit comes from. */
export type ToolkitOrigin = ValueOf<typeof ToolkitOrigin>;
