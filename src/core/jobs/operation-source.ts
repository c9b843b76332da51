import type { EntityManager } from '@mikro-orm/postgresql';

/** Where operations come from that may appear, change and go while a process runs. */
export interface OperationSource {
  /**
   * Throws when an operation may not be asked for right now, because what offers it is switched off or gone. Otherwise that it may holds
   * until the end of the transaction, and this process knows the operation as the newest change made it.
   */
  admit(em: EntityManager, name: string): Promise<void>;
  /** Digest of the code that an operation would be carried out by, as it lies there now; null for one of Signalbox itself. */
  codeNow(name: string): Promise<string | null>;
  /** Brings the operations of this process up to date. */
  refresh(em: EntityManager): Promise<void>;
}
