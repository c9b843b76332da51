import { setting } from '#core/settings/setting.js';
import { ApprovalKind } from './approval.entity.js';
import { RiskLevel } from './risk-level.js';

const hours = { type: ['number', 'null'], exclusiveMinimum: 0, maximum: 87_600 };

/** What a risk asks for. */
export interface RiskRule {
  /** How many different people have to agree. */
  requiredDecisions: number;
  /** For how many hours it can be decided at most; null for as long as its kind says. */
  expireAfterHours: number | null;
}

const rule = (requiredDecisions: number): RiskRule => ({ requiredDecisions, expireAfterHours: null });

/** What is asked for, by risk. */
export const riskPolicy = setting<Record<RiskLevel, RiskRule>>({
  key: 'approvals.riskPolicy',
  description:
    'By risk: how many different people have to agree, and for how many hours it can be decided at most (null: as long as its kind says). CRITICAL takes two in any case',
  schema: {
    type: 'object',
    properties: Object.fromEntries(
      Object.keys(RiskLevel.values).map((level) => [
        level,
        {
          type: 'object',
          properties: { requiredDecisions: { type: 'integer', minimum: 1, maximum: 10 }, expireAfterHours: hours },
          required: ['requiredDecisions', 'expireAfterHours'],
          additionalProperties: false,
        },
      ]),
    ),
    required: Object.keys(RiskLevel.values),
    additionalProperties: false,
  },
  default: { LOW: rule(1), MEDIUM: rule(1), HIGH: rule(1), CRITICAL: rule(2) },
  severity: 'HIGH',
});

/** How long approvals wait, by kind. */
export const expireAfterHours = setting<Partial<Record<ApprovalKind, number | null>>>({
  key: 'approvals.expireAfterHours',
  description: 'By kind: for how many hours it can be decided, null for ever; a kind that is left out has its own time',
  schema: {
    type: 'object',
    properties: Object.fromEntries(Object.keys(ApprovalKind.values).map((kind) => [kind, hours])),
    additionalProperties: false,
  },
  default: {},
  severity: 'MEDIUM',
});

/** When approvals are escalated. */
export const escalateAfterShare = setting<number>({
  key: 'approvals.escalateAfterShare',
  description: 'After which share of its time, above 0, what still waits is escalated; 1 for never',
  schema: { type: 'number', exclusiveMinimum: 0, maximum: 1 },
  default: 0.5,
});
