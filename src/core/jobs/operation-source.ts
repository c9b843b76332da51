import type { EntityManager } from '@mikro-orm/postgresql';

/** Where operations come from that may appear, change and go while a process runs. */
export interface OperationSource {
  /**
   * Throws when an operation may not be asked for right now, because what offers it is switched off or gone. Otherwise that it may holds
   * until the end of the transaction, and this process knows the operation as the newest change made it.
   */
  admit(em: EntityManager, name: string): Promise<void>;
  /** Brings the operations of this process up to date. */
  refresh(em: EntityManager): Promise<void>;
}
