import { createHash } from 'node:crypto';
import type { JSONWebKeySet } from 'jose';
import { chainStart, entryDigest } from '#core/feed/digests.js';
import { ChainCheck } from './chain-check.js';
import type { ChainProblem } from './chain-problem.js';
import { checkCheckpoint, type KeptCheckpoint } from './check-checkpoint.js';
import { readLine, type LineOf } from './export-line.js';
import type { KeptCheckpoints } from './kept-checkpoints.js';
import { readExportSignature } from './sign-export.js';

const mostProblems = 100;

/** Something that is wrong with an export, and the line at which it shows; null for what is wrong as a whole. */
export type ExportProblem = { line: number | null; message: string } & Partial<Pick<ChainProblem, 'fault' | 'number' | 'entryId'>>;

/** How an export was found. */
export interface ExportReport {
  /** `UNPROVEN` is what fits together, without keys by which to tell who put it together. */
  readonly verdict: 'INTACT' | 'UNPROVEN' | 'BROKEN';
  /** Whether it shows only what a filter let through: then it does not tell what else there was. */
  readonly isFiltered: boolean;
  /** Whether it is signed as a whole, and without a filter also by a checkpoint of its last link; null when no keys were given. */
  readonly isSigned: boolean | null;
  /** When its last link was read, as the signature states it; null when that does not fit. */
  readonly signedAt: string | null;
  readonly linkCount: number;
  readonly expiredCount: number;
  /** How many of the checkpoints that were kept elsewhere were compared with it; null when none were given. */
  readonly keptCount: number | null;
  /** Number of the link behind which it begins; 0 when it has the whole trail from its beginning. */
  readonly after: number;
  readonly lastNumber: number;
  readonly problemCount: number;
  readonly problems: readonly ExportProblem[];
}

/** With what an export is verified: the public keys of the installation, and checkpoints, each kept elsewhere; null without any. */
export interface ExportProof {
  readonly keys: JSONWebKeySet | null;
  readonly kept?: KeptCheckpoints | null;
}

/** Verifies an export line by line, with nothing but the export and what was kept of the installation. */
export class ExportCheck {
  #line = 0;
  #header: LineOf<'header'> | null = null;
  #check: ChainCheck | null = null;
  #digest: string | null = null;
  #links = 0;
  #expired = 0;
  /** The entry that is missing and was to be kept the longest. */
  #gone: Pick<LineOf<'link'>, 'number' | 'entryId' | 'expiresAt'> | null = null;
  /** The last checkpoint that holds. */
  #checkpointed: { number: number; at: string } | null = null;
  #signedAt: string | null = null;
  #isOver = false;
  #problemCount = 0;
  readonly #problems: ExportProblem[] = [];
  readonly #hash = createHash('sha256');

  constructor(
    readonly proof: ExportProof,
    readonly now = new Date(),
  ) {}

  /** Takes the next line. */
  async next(text: string): Promise<void> {
    this.#line += 1;
    if (this.#isOver) return this.#note({ message: 'There is more behind the end' });
    const line = readLine(text);
    if ('fault' in line) this.#note({ message: line.fault });
    else if (line.type === 'header') this.#begin(line);
    else if (!this.#header) this.#note({ message: 'It does not begin with the header of an export of the audit trail' });
    else if (line.type === 'link') this.#link(line);
    else if (line.type === 'checkpoint') await this.#checkpoint(line);
    else await this.#end(line);
    if (!this.#isOver) this.#hash.update(`${text}\n`);
  }

  /** What was found; only after the last line. */
  report(): ExportReport {
    const { keys, kept = null } = this.proof;
    const lastNumber = this.#check?.number ?? 0;
    if (!this.#header || !this.#isOver)
      this.#note({ message: this.#header ? 'It is cut off: there is no end' : 'This is no export of the audit trail' }, null);
    else if (!this.#isFiltered) this.#noteEnd(lastNumber, this.#header);
    const isEndSigned = this.#isFiltered || this.#links === 0 || this.#checkpointed?.number === lastNumber;
    const isSigned = keys && this.#signedAt !== null && isEndSigned;
    // Where something is wrong already, this would say it once more.
    if (isSigned === false && this.#problemCount === 0)
      this.#note({ fault: 'UNSIGNED', message: 'No checkpoint signs its last link' }, null);
    return {
      verdict: this.#problemCount > 0 ? 'BROKEN' : keys ? 'INTACT' : 'UNPROVEN',
      isFiltered: this.#isFiltered,
      isSigned,
      signedAt: this.#signedAt,
      linkCount: this.#links,
      expiredCount: this.#expired,
      keptCount: kept?.compared ?? null,
      after: this.#header?.after ?? 0,
      lastNumber,
      problemCount: this.#problemCount,
      problems: this.#problems,
    };
  }

  // Only what lets something through: an export that says less could have been cut out of a whole one.
  get #isFiltered(): boolean {
    return Object.keys(this.#header?.filter ?? {}).length > 0;
  }

  #begin(header: LineOf<'header'>): void {
    if (this.#header) return this.#note({ message: 'There is a second header' });
    this.#header = header;
    this.#check = new ChainCheck(header.after, header.after === 0 ? chainStart : null);
  }

  #link({ previous, entry, ...link }: LineOf<'link'>): void {
    const { number, entryId, expiresAt } = link;
    const found = { ...link, entry: entry && { digest: entryDigest(entry), position: link.position } };
    const before = this.#check!.number;
    // Of a filtered export each link stands for itself.
    if (this.#isFiltered && number > before) this.#check = new ChainCheck(number - 1, null);
    for (const problem of this.#check!.next(found, this.now, previous ?? undefined)) this.#note(problem);
    if (previous === null)
      this.#note({ fault: 'LINK_MISSING', number: number - 1, message: `Link ${number} does not say what stands before it` });
    if (entry && entry.id !== entryId) this.#note({ message: `Link ${number} stands beside another entry`, number });
    if (!entry && (!this.#gone || Date.parse(expiresAt) > Date.parse(this.#gone.expiresAt))) this.#gone = { number, entryId, expiresAt };
    if (this.#links === 0 && !this.#isFiltered) this.#compare(number - 1, previous);
    this.#compare(number, link.digest);
    this.#links += 1;
    this.#expired += entry ? 0 : 1;
    this.#digest = link.digest;
  }

  #compare(number: number, digest: string | null): void {
    for (const problem of this.proof.kept?.compare(number, digest).problems ?? []) this.#note(problem);
  }

  async #checkpoint(checkpoint: KeptCheckpoint): Promise<void> {
    if (this.#digest === null || checkpoint.number !== this.#check!.number)
      return this.#note({ message: `The checkpoint of link ${checkpoint.number} stands elsewhere` });
    if (!this.proof.keys) return;
    const { problem, at } = await checkCheckpoint(checkpoint, this.#digest, this.proof.keys);
    if (problem) this.#note(problem);
    else this.#checkpointed = { number: checkpoint.number, at };
  }

  async #end({ count, signature }: LineOf<'end'>): Promise<void> {
    this.#isOver = true;
    if (count !== this.#links) this.#note({ message: `It says that it holds ${count} links, but holds ${this.#links}` });
    if (!this.proof.keys) return;
    const claims = await readExportSignature(signature, this.proof.keys);
    if (!claims) return this.#note({ fault: 'SIGNATURE_WRONG', message: 'It is not signed as a whole with a known key' });
    const isSame = claims.digest === this.#hash.digest('hex') && claims.count === this.#links;
    if (isSame) this.#signedAt = claims.at;
    // A line that is known to be wrong says more.
    else if (this.#problemCount === 0)
      this.#note({ fault: 'UNSIGNED', message: 'It is not what was exported: its signature does not fit' });
    // Its time may have passed only since: at that time the entry had to be there.
    if (isSame && this.#gone && Date.parse(this.#gone.expiresAt) > Date.parse(claims.at))
      this.#note({ fault: 'ENTRY_MISSING', ...this.#gone, message: `Entry ${this.#gone.entryId} was missing before its time` });
  }

  #noteEnd(last: number, { after, through }: LineOf<'header'>): void {
    const end = Math.max(after, through);
    if (last !== end) this.#note({ message: `It ends at link ${last}, but says that it goes to ${end}` }, null);
    // What is newer than the export knows of links that it cannot have.
    const { at } = this.#checkpointed ?? {};
    if (at !== undefined) for (const problem of this.proof.kept?.behind(last, at) ?? []) this.#note(problem, null);
  }

  #note(problem: Omit<ExportProblem, 'line'>, line: number | null = this.#line): void {
    this.#problemCount += 1;
    if (this.#problems.length < mostProblems) this.#problems.push({ line, ...problem });
  }
}
