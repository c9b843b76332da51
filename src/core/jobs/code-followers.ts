import type { WriteContext } from '#core/feed/write.js';

/** The code of a toolkit. */
export interface ToolkitCode {
  /** First part of the names of its operations. */
  slug: string;
  version: string;
  /** What the code is told apart by. */
  digest: string;
}

/** What a domain has that stands or falls with the code of operations. */
export interface CodeFollower {
  /**
   * Told what code was found of toolkits, whether it is new or not, in the transaction that takes it up: before their rows are written, so
   * that what follows is locked first.
   */
  found(context: WriteContext, codes: readonly ToolkitCode[]): Promise<void>;
}

/** Who follows the code of operations in this installation. */
export class CodeFollowers {
  constructor(readonly all: readonly CodeFollower[]) {}

  /** Tells what code was found. */
  async found(context: WriteContext, codes: readonly ToolkitCode[]): Promise<void> {
    if (codes.length > 0) for (const each of this.all) await each.found(context, codes);
  }
}
