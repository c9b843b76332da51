import { declareEnum, type ValueOf } from '#core/database/declare/declaration.js';

/** How much harm something could do. */
export const RiskLevel = declareEnum('RiskLevel', 'How much harm something could do', {
  LOW: 'Reads, or changes what is easily put right',
  MEDIUM: 'Changes something that others use',
  HIGH: 'Changes or shows something that is hard to put right',
  CRITICAL: 'Could do great harm; two people have to agree',
});
export type RiskLevel = ValueOf<typeof RiskLevel>;

const ascending = Object.keys(RiskLevel.values) as RiskLevel[];

/** The risk levels that are no higher than this one. */
export const risksUpTo = (highest: RiskLevel): RiskLevel[] => ascending.slice(0, ascending.indexOf(highest) + 1);
