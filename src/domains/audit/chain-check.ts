import { chainStart, sealDigest, type SealContent } from '#core/feed/digests.js';
import type { ChainProblem } from './chain-problem.js';

/** A link of the chain as it was found, and what its entry looks like now: null when there is none. */
export interface FoundLink extends SealContent {
  readonly digest: string;
  readonly entry: { readonly digest: string; readonly position: number } | null;
}

/** Checks a chain link by link, in the order of their numbers; holds the end of what it has seen. */
export class ChainCheck {
  checked = 0;
  /** Entries that were deleted after their time. */
  expired = 0;
  /** Digest of the last link; null while it is not known, so that the next one cannot be checked against it. */
  #previous: string | null;

  constructor(
    /** Number and digest of the link before the first one. */
    public number = 0,
    previous: string | null = chainStart,
  ) {
    this.#previous = previous;
  }

  /** Digest of the last link. */
  get digest(): string | null {
    return this.#previous;
  }

  /**
   * What is wrong with the next link and its entry, which was read at a time; `previous` is the digest before it as the link's source
   * tells it.
   */
  next(link: FoundLink, readAt: Date, previous?: string): ChainProblem[] {
    const problems = this.#placeOf(link);
    if (problems.some(({ fault }) => fault === 'LINK_OUT_OF_ORDER')) return problems;
    const before = this.#previous ?? previous ?? null;
    if (before !== null && sealDigest(link, before) !== link.digest)
      problems.push(this.#problem('LINK_CHANGED', link, `Link ${link.number}, or the one before it, is not what it was`));
    if (this.#previous !== null && previous !== undefined && previous !== this.#previous)
      problems.push(this.#problem('LINK_CHANGED', link, `Link ${link.number} does not follow on link ${this.number}`));
    problems.push(...this.#entryOf(link, readAt));
    this.number = link.number;
    this.#previous = link.digest;
    this.checked += 1;
    return problems;
  }

  #placeOf(link: FoundLink): ChainProblem[] {
    const expected = this.number + 1;
    if (link.number === expected) return [];
    if (link.number < expected) return [this.#problem('LINK_OUT_OF_ORDER', link, `Link ${link.number} stands behind link ${this.number}`)];
    this.#previous = null;
    const missing = link.number - 1 === expected ? `Link ${expected} is missing` : `Links ${expected} to ${link.number - 1} are missing`;
    return [{ fault: 'LINK_MISSING', number: expected, entryId: null, message: missing }];
  }

  #entryOf(link: FoundLink, readAt: Date): ChainProblem[] {
    const { entry, entryId, entryDigest, expiresAt } = link;
    if (!entry) {
      const isOver = Date.parse(expiresAt) <= readAt.getTime();
      if (isOver) this.expired += 1;
      return isOver ? [] : [this.#problem('ENTRY_MISSING', link, `Entry ${entryId} is missing; it was to be kept until ${expiresAt}`)];
    }
    const isSame = entry.digest === entryDigest && entry.position === link.position;
    return isSame ? [] : [this.#problem('ENTRY_CHANGED', link, `Entry ${entryId} is not what it was`)];
  }

  #problem(fault: ChainProblem['fault'], { number, entryId }: FoundLink, message: string): ChainProblem {
    return { fault, number, entryId, message };
  }
}
