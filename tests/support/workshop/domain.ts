import { relation } from '#core/database/declare/relation.js';
import type { Domain } from '#core/graph/domain.js';
import { domains } from '../../../src/domains.js';
import { composeGraph } from '../../../src/graph.js';
import { Fit } from './fit.entity.js';
import { Keeper } from './keeper.entity.js';
import { Maker } from './maker.entity.js';
import { Manual } from './manual.entity.js';
import { Pick } from './pick.entity.js';
import { Region } from './region.entity.js';
import { Sample } from './sample.entity.js';
import { Tag } from './tag.entity.js';
import { Tagging } from './tagging.entity.js';
import { tongDerived } from './tong.derived.js';
import { Tong } from './tong.entity.js';
import { Tray } from './tray.entity.js';
import { lendingPolicies, workshopPolicies } from './workshop.policy.js';

/** A domain that uses everything that the graph kit can do. */
export const workshop: Domain = {
  name: 'workshop',
  entities: [Region, Maker, Tong, Manual, Tag, Tagging, Fit, Sample, Tray, Pick],
  derived: tongDerived,
  policies: workshopPolicies,
};

/** A domain above it, which the workshop's entities know nothing of. */
export const lending: Domain = {
  name: 'lending',
  entities: [Keeper],
  policies: lendingPolicies,
  relations: [
    relation({
      of: Tong,
      key: 'keeperId',
      name: 'keeper',
      to: Keeper,
      description: 'Who keeps it',
      filter: true,
      inverse: { name: 'tongs', description: 'Tongs that they keep', filter: true },
      onDelete: 'set null',
    }),
    relation({
      of: Manual,
      key: 'ownerId',
      name: 'owner',
      to: Keeper,
      description: 'Who has it',
      filter: true,
      inverse: { name: 'manual', description: 'Manual that they have', filter: true },
      onDelete: 'cascade',
    }),
    relation({
      of: Maker,
      key: 'contactId',
      name: 'contact',
      to: Keeper,
      description: 'Whom to ask',
      inverse: { name: 'makers', description: 'Makers for which they answer' },
      onDelete: 'restrict',
    }),
  ],
};

/** The shipped domains with both. */
export const workshopGraph = composeGraph([...domains, workshop, lending]);
