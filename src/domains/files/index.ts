export { FileStore, type ReadableFile } from './file-store.js';
export { checkFiles, resolveFile } from './resolve-file.js';
export { storeUpload } from './store-upload.js';
