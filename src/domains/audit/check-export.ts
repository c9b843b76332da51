import type { JSONWebKeySet } from 'jose';
import { chainStart, entryDigest } from '#core/feed/digests.js';
import { ChainCheck, type FoundLink } from './chain-check.js';
import type { ChainProblem } from './chain-problem.js';
import { checkCheckpoint, type KeptCheckpoint } from './check-checkpoint.js';
import { exportFormat } from './export-audit.js';

const mostProblems = 100;

/** Something that is wrong with an export, and the line at which it shows; null for what is wrong as a whole. */
export type ExportProblem = { line: number | null; message: string } & Partial<Pick<ChainProblem, 'fault' | 'number' | 'entryId'>>;

/** How an export was found. */
export interface ExportReport {
  readonly isIntact: boolean;
  /** Whether it shows only what a filter let through: then nobody can tell whether something is missing. */
  readonly isFiltered: boolean;
  /** Whether a checkpoint signs the last link; null when no keys were given. */
  readonly isSigned: boolean | null;
  readonly linkCount: number;
  readonly expiredCount: number;
  /** Number of the link behind which it begins; 0 when it has the whole trail from its beginning. */
  readonly after: number;
  readonly lastNumber: number;
  readonly problemCount: number;
  readonly problems: readonly ExportProblem[];
}

type Line =
  | { type: 'header'; format: string; filter: unknown; after: number; through: number }
  | ({ type: 'link'; previous: string | null; entry: Record<string, unknown> | null } & Omit<FoundLink, 'entry'>)
  | ({ type: 'checkpoint' } & KeptCheckpoint)
  | { type: 'end'; count: number };

/** Verifies an export line by line, with nothing but the export and, for the signatures, the public keys of the installation. */
export class ExportCheck {
  #line = 0;
  #header: Extract<Line, { type: 'header' }> | null = null;
  #check: ChainCheck | null = null;
  #digest: string | null = null;
  #links = 0;
  #expired = 0;
  #signed = 0;
  #isOver = false;
  #problemCount = 0;
  readonly #problems: ExportProblem[] = [];

  constructor(
    readonly keys: JSONWebKeySet | null,
    readonly now = new Date(),
  ) {}

  /** Takes the next line. */
  async next(text: string): Promise<void> {
    this.#line += 1;
    const line = parse(text);
    if (!line) return this.#note({ message: 'This is no line of an export of the audit trail' });
    if (this.#isOver) return this.#note({ message: 'There is more behind the end' });
    if (line.type === 'header') return this.#begin(line);
    if (!this.#header) return this.#note({ message: 'It does not begin with the header of an export of the audit trail' });
    if (line.type === 'link') this.#link(line);
    if (line.type === 'checkpoint') await this.#checkpoint(line);
    if (line.type === 'end') this.#end(line.count);
  }

  /** What was found; only after the last line. */
  report(): ExportReport {
    const isWhole = this.#header !== null && this.#isOver;
    if (!isWhole) this.#note({ message: this.#header ? 'It is cut off: there is no end' : 'This is no export of the audit trail' }, null);
    const lastNumber = this.#check?.number ?? 0;
    const isFiltered = this.#isFiltered;
    if (this.#header && !isFiltered && lastNumber < this.#header.through)
      this.#note({ message: `It ends at link ${lastNumber}, but says that it goes to ${this.#header.through}` }, null);
    return {
      isIntact: this.#problemCount === 0,
      isFiltered,
      isSigned: this.keys && !isFiltered ? this.#signed === lastNumber && lastNumber > 0 : null,
      linkCount: this.#links,
      expiredCount: this.#expired,
      after: this.#header?.after ?? 0,
      lastNumber,
      problemCount: this.#problemCount,
      problems: this.#problems,
    };
  }

  // Only what says so: an export that does not could have been cut out of a whole one.
  get #isFiltered(): boolean {
    return this.#header?.filter != null;
  }

  #begin(header: Extract<Line, { type: 'header' }>): void {
    if (this.#header) return this.#note({ message: 'There is a second header' });
    if (header.format !== exportFormat) return this.#note({ message: `The format is ${header.format}; this reads ${exportFormat}` });
    this.#header = header;
    this.#check = new ChainCheck(this.now, header.after, header.after === 0 ? chainStart : null);
  }

  #link({ previous, entry, ...link }: Extract<Line, { type: 'link' }>): void {
    const found = { ...link, entry: entry && { digest: entryDigest(entry), position: link.position } };
    // Of a filtered export each link stands for itself.
    if (this.#isFiltered) this.#check = new ChainCheck(this.now, link.number - 1, null);
    for (const problem of this.#check!.next(found, previous ?? undefined)) this.#note(problem);
    if (entry && entry.id !== link.entryId) this.#note({ message: `Link ${link.number} stands beside another entry`, number: link.number });
    this.#links += 1;
    this.#expired += entry ? 0 : 1;
    this.#digest = link.digest;
  }

  async #checkpoint(checkpoint: KeptCheckpoint): Promise<void> {
    if (checkpoint.number !== this.#check!.number)
      return this.#note({ message: `The checkpoint of link ${checkpoint.number} stands elsewhere` });
    if (!this.keys) return;
    const problems = await checkCheckpoint(checkpoint, this.#digest!, this.keys);
    for (const problem of problems) this.#note(problem);
    if (problems.length === 0) this.#signed = checkpoint.number;
  }

  #end(count: number): void {
    this.#isOver = true;
    if (count !== this.#links) this.#note({ message: `It says that it holds ${count} links, but holds ${this.#links}` });
  }

  #note(problem: Omit<ExportProblem, 'line'>, line: number | null = this.#line): void {
    this.#problemCount += 1;
    if (this.#problems.length < mostProblems) this.#problems.push({ line, ...problem });
  }
}

function parse(text: string): Line | null {
  try {
    const value = JSON.parse(text) as Line | null;
    return value !== null && typeof value === 'object' && ['header', 'link', 'checkpoint', 'end'].includes(value.type) ? value : null;
  } catch {
    return null;
  }
}
