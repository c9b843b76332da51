import type { JSONWebKeySet } from 'jose';
import { readStatement, signStatement, type Signer } from './sign-statement.js';

/** What the end of an export states of all that stands before it. */
export interface ExportClaims {
  /** SHA-256, in hex, of all lines before the end, each with its line feed. */
  readonly digest: string;
  /** How many links these hold. */
  readonly count: number;
  /** When the last of them was read, ISO 8601. */
  readonly at: string;
}

const type = 'signalbox-audit-export';

/** Signs an export as a whole. */
export const signExport = ({ digest, count, at }: ExportClaims, signer: Signer): Promise<string> =>
  signStatement(type, { digest, count, at }, signer);

/** What the signature of an export states; null when none of the keys made it, or when it signs something else. */
export const readExportSignature = async (signature: string, keys: JSONWebKeySet): Promise<ExportClaims | null> =>
  (await readStatement(type, signature, keys)) as ExportClaims | null;
