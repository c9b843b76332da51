import { Device } from './entities.mjs';

/** Adds the row policy to every query, as a filter of MikroORM, which it also applies to whatever refers to a device. */
export function addPolicy(em) {
  em.addFilter({
    name: 'visible',
    entity: Device,
    cond: ({ callerId }) => ({ $or: [{ status: { $ne: 'BROKEN' } }, { owner: callerId }] }),
  });
}

/** Says for whom the entity manager of a request reads. */
export function readAs(em, callerId) {
  em.setFilterParams('visible', { callerId });
}
