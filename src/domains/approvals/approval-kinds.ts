import type { EntityManager } from '@mikro-orm/postgresql';
import type { EntityClass } from '#core/database/declare/declaration.js';
import { declarationOf } from '#core/database/declare/registry.js';
import type { WriteContext } from '#core/feed/write.js';
import { can, type Actor } from '#core/policy/actor.js';
import type { Approval, ApprovalKind } from './approval.entity.js';

/** How an approval ended. */
export interface Verdict {
  /** Whether it was approved; it was rejected, has expired or was cancelled otherwise, as its status says. */
  readonly isApproved: boolean;
  /** Who ended it; without an id, Signalbox itself. */
  readonly by: { readonly id: string | null; readonly name: string };
  /** What was said about it; of a rejection or a cancellation, why. */
  readonly comment: string | null;
  /** What the approvers answered; fits the schema of the approval. */
  readonly answer: unknown;
}

/** What a domain says of one kind of thing that waits for a human. */
export interface ApprovalKindDeclaration {
  readonly kind: ApprovalKind;
  /** Needed to decide on it, and lets see what waits: `resource:action`. */
  readonly permission: string;
  /** For how long it can be decided, unless people have set something else; null for ever. */
  readonly expiresAfterMs: number | null;
  /** What is approved. */
  readonly subject: EntityClass;
  /**
   * The digest of what is to be seen of the subject now; null when it is gone. Locks the subject's row for update, so that it stays so
   * until the decision is committed: whoever changes the subject holds that row too before it comes to the approval.
   */
  readonly digestOf: (em: EntityManager, subjectId: string) => Promise<string | null>;
  /**
   * Whether the user made what is approved, beside whoever asked for it: they do not decide on their own work. It is asked while the
   * subject's row is held.
   */
  readonly isWorkOf?: (em: EntityManager, subjectId: string, userId: string) => Promise<boolean>;
  /**
   * Carries out what follows, in the transaction in which the approval gets its final state: that of the decision, of its expiry or of
   * whatever cancelled it. The subject may be gone by then.
   */
  readonly decided: (context: WriteContext, approval: Approval, verdict: Verdict) => Promise<void>;
}

/** Declares a kind of thing that waits for a human. */
export const approvalKind = (declaration: ApprovalKindDeclaration): ApprovalKindDeclaration => declaration;

/** The kinds that the domains of this installation declare. */
export class ApprovalKinds {
  readonly #kinds: ReadonlyMap<string, ApprovalKindDeclaration>;

  constructor(readonly all: readonly ApprovalKindDeclaration[]) {
    this.#kinds = new Map(all.map((each) => [each.kind, each]));
    if (this.#kinds.size < all.length) throw new Error('A kind of approvals is declared twice');
  }

  /** The kind, or null when no domain declares it any more. */
  find(kind: ApprovalKind): ApprovalKindDeclaration | null {
    return this.#kinds.get(kind) ?? null;
  }

  /** The kind; throws when no domain declares it. */
  get(kind: ApprovalKind): ApprovalKindDeclaration {
    const found = this.find(kind);
    if (!found) throw new Error(`No domain declares the kind of approvals ${kind}`);
    return found;
  }

  /** The kinds that the actor has the permission to decide on. */
  decidedBy(actor: Actor): ApprovalKind[] {
    return this.all.filter(({ permission }) => can(actor, permission)).map(({ kind }) => kind);
  }

  /** Name of the type of a kind's subject. */
  subjectType(kind: ApprovalKind): string {
    const { name } = declarationOf(this.get(kind).subject);
    if (name === undefined) throw new Error(`The subject of approvals of the kind ${kind} is not in the graph`);
    return name;
  }
}
