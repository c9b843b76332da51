import { declareEnum, type ValueOf } from '#core/database/declare/declaration.js';

/** What can be wrong with the audit trail. */
export const ChainFault = declareEnum('ChainFault', 'What is wrong with the audit trail at some place', {
  LINK_MISSING: 'Links of the chain are missing',
  LINK_CHANGED: 'A link of the chain, or the one before it, is not what it was',
  LINK_OUT_OF_ORDER: 'A link does not stand in its place',
  ENTRY_MISSING: 'An entry is missing whose time has not passed',
  ENTRY_CHANGED: 'An entry is not what it was',
  ENTRY_FORGED: 'An entry has no link, though later ones have',
  CHECKPOINT_BROKEN: 'The chain is not what a signed checkpoint says it was',
  SIGNATURE_WRONG: 'A checkpoint is not signed with a key of this installation',
  UNSIGNED: 'No checkpoint signs the end, or the signature of the export does not fit',
  CUT_OFF: 'The end of the chain is missing: a signed checkpoint knows of later links',
});
export type ChainFault = ValueOf<typeof ChainFault>;

/** Something that is wrong with the audit trail. */
export interface ChainProblem {
  fault: ChainFault;
  /** Place in the chain; null where there is none. */
  number: number | null;
  entryId: string | null;
  message: string;
}
