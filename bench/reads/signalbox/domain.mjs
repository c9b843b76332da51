import { MutableEntity } from '../../../dist/src/core/database/base-entity.js';
import { Column } from '../../../dist/src/core/database/declare/column.js';
import { declareEnum } from '../../../dist/src/core/database/declare/declaration.js';
import { Table } from '../../../dist/src/core/database/declare/table.js';
import { ToOne } from '../../../dist/src/core/database/declare/to-one.js';
import { sql } from '../../../dist/src/core/database/sql.js';
import { policy, visibleThrough } from '../../../dist/src/core/policy/policy.js';

const Status = declareEnum('BenchStatus', 'State of a device', { READY: 'Can be used', BUSY: 'Is in use', BROKEN: 'Must be mended' });

/** Declares an entity without the syntax of decorators. */
function entity(name, options, fields) {
  const Entity = { [name]: class extends MutableEntity {} }[name];
  for (const [property, decorate] of Object.entries(fields)) decorate(Entity.prototype, property);
  Table({ name, description: name, ...options })(Entity);
  return Entity;
}

const Person = entity(
  'Person',
  { type: 3001, table: 'bench_people', one: 'person', many: 'people' },
  {
    name: Column({ kind: 'string', description: 'Name', filter: true, order: true }),
    email: Column({ kind: 'string', description: 'Address' }),
  },
);
const Device = entity(
  'Device',
  { type: 3002, table: 'bench_devices', one: 'device', many: 'devices' },
  {
    label: Column({ kind: 'string', description: 'Label', filter: true, order: true }),
    slots: Column({ kind: 'int', description: 'Slots', filter: true, order: true }),
    status: Column({ kind: Status, description: 'State', filter: true }),
    owner: ToOne(() => Person, { description: 'Owner', inverse: { name: 'devices', description: 'Devices' } }),
  },
);
const Booking = entity(
  'Booking',
  { type: 3003, table: 'bench_bookings', one: 'booking', many: 'bookings' },
  {
    startsAt: Column({ kind: 'time', description: 'Begin', order: true }),
    purpose: Column({ kind: 'string', description: 'Purpose' }),
    device: ToOne(() => Device, { description: 'Device', inverse: { name: 'bookings', description: 'Bookings' } }),
    user: ToOne(() => Person, { description: 'User', inverse: { name: 'bookings', description: 'Bookings' } }),
  },
);

/** The domain of the bench; with a caller, devices that are broken are seen by their owner only, and bookings with their device. */
export const benchDomain = ({ callerId }) => ({
  name: 'bench',
  entities: [Person, Device, Booking],
  policies: [
    policy(Person, () => true),
    policy(Device, (_actor, alias) =>
      callerId === null ? true : sql`(${sql.ref(`${alias}.status`)} <> 'BROKEN' or ${sql.ref(`${alias}.owner_id`)} = ${callerId}::uuid)`,
    ),
    policy(Booking, callerId === null ? () => true : visibleThrough(() => Device, 'device_id')),
  ],
});
