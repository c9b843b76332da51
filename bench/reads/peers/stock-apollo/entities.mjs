import { defineEntity, p } from '@mikro-orm/core';

const base = {
  id: p.uuid().primary(),
  revision: p.integer().version(),
  createdAt: p.datetime(3),
  updatedAt: p.datetime(3).onUpdate(() => new Date()),
};

/** Somebody who owns devices and books them. */
export const Person = defineEntity({
  name: 'Person',
  tableName: 'bench_people',
  properties: { ...base, name: p.text(), email: p.text() },
});

/** Something that can be booked. */
export const Device = defineEntity({
  name: 'Device',
  tableName: 'bench_devices',
  properties: {
    ...base,
    label: p.text(),
    slots: p.integer(),
    status: p.enum(['READY', 'BUSY', 'BROKEN']),
    owner: () => p.manyToOne(Person).ref(),
    bookings: () => p.oneToMany(Booking).mappedBy('device'),
  },
});

/** The booking of a device by a person. */
export const Booking = defineEntity({
  name: 'Booking',
  tableName: 'bench_bookings',
  properties: {
    ...base,
    startsAt: p.datetime(3),
    purpose: p.text(),
    device: () => p.manyToOne(Device).ref(),
    user: () => p.manyToOne(Person).ref(),
  },
});
