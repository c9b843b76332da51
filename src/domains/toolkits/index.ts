export { BundleNotes } from './bundle/bundle-notes.js';
export { DashboardContexts } from './dashboard-contexts.js';
export { findFrontendFile } from './find-frontend-file.js';
export { installToolkits } from './install-toolkits.js';
export { ToolkitStorage } from './toolkit-storage.js';
export { ToolkitWatch } from './toolkit-watch.js';
