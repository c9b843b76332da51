import type { Entry } from 'yauzl';
import { bundleMark } from '../toolkit-storage.js';
import { bundleLimits } from './bundle-limits.js';

const typeBits = 0o170000;
const plainFile = 0o100000;
const folder = 0o040000;
const storedOrDeflated = [0, 8];
// Encrypted, strongly encrypted, and with hidden headers.
const encryptionFlags = 0x1 | 0x40 | 0x2000;

/** Whether an entry is a folder. */
export const isFolder = ({ fileName }: Pick<Entry, 'fileName'>): boolean => fileName.endsWith('/');

/** Throws what speaks against an entry of a bundle, looked at by itself. */
export function checkEntry(entry: Entry): void {
  const { fileName, externalFileAttributes, generalPurposeBitFlag, compressionMethod } = entry;
  const refuse = (why: string): never => {
    throw new Error(`the entry ${JSON.stringify(fileName)} ${why}`);
  };
  // Control characters, and what cannot be seen or has no meaning.
  if (/\p{C}/u.test(fileName)) refuse('has control characters in its name');
  if (/[\\:*?"<>|]/.test(fileName)) refuse(`has one of \\ : * ? " < > | in its name`);
  if (Buffer.byteLength(fileName) > bundleLimits.pathBytes) refuse(`has a path of more than ${bundleLimits.pathBytes} bytes`);
  const parts = (isFolder(entry) ? fileName.slice(0, -1) : fileName).split('/');
  if (parts.some((part) => part === '' || part === '.' || part === '..')) refuse('leads out of the bundle, or is no plain path');
  if (parts.length > bundleLimits.depth) refuse(`lies in more than ${bundleLimits.depth} folders`);
  if (parts.at(-1) === bundleMark) refuse('has a name that Signalbox uses itself');
  const type = (externalFileAttributes >>> 16) & typeBits;
  if (type !== 0 && type !== (isFolder(entry) ? folder : plainFile)) refuse('is a link or another special file');
  if ((generalPurposeBitFlag & encryptionFlags) !== 0) refuse('is encrypted');
  if (!storedOrDeflated.includes(compressionMethod)) refuse('is packed in a way that is not understood');
}
