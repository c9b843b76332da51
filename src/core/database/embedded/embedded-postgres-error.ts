/** Why the embedded PostgreSQL did not start: another Signalbox has the folder, it cannot run here, or it tried and failed. */
export type EmbeddedPostgresErrorCode = 'DATA_DIR_IN_USE' | 'EMBEDDED_POSTGRES_UNAVAILABLE' | 'EMBEDDED_POSTGRES_FAILED';

/** An error of the embedded PostgreSQL, whose message tells the person at the terminal what to do. */
export class EmbeddedPostgresError extends Error {
  override readonly name = 'EmbeddedPostgresError';
  readonly code: EmbeddedPostgresErrorCode;

  constructor(code: EmbeddedPostgresErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** The refusal to start on a folder that another Signalbox uses; `pid` is its process or its server's, when one is known. */
export function folderInUse(dataDir: string, pid: number | undefined): EmbeddedPostgresError {
  const owner = pid === undefined ? 'another Signalbox' : `another Signalbox (see process ${pid})`;
  return new EmbeddedPostgresError(
    'DATA_DIR_IN_USE',
    `The data folder ${dataDir} is in use by ${owner}. Stop that one first, or set DATA_DIR to another folder.`,
  );
}
