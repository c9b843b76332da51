import { DateTimeResolver } from 'graphql-scalars';
import { Device } from './entities.mjs';

const orderOf = (orderBy) => [...orderBy.map(({ field, direction }) => ({ [field]: direction })), { id: orderBy.at(-1).direction }];

/** The resolvers; pages are those of MikroORM's cursors, relations are batched by its loaders and by one of our own. */
export const resolvers = {
  DateTime: DateTimeResolver,
  OrderDirection: { ASC: 'asc', DESC: 'desc' },
  DeviceOrderField: { CREATED_AT: 'createdAt', LABEL: 'label' },
  BookingOrderField: { STARTS_AT: 'startsAt' },
  Query: {
    devices: async (_, { first, after, filter, orderBy }, { em }) => {
      const where = filter?.status?.eq ? { status: filter.status.eq } : {};
      const page = await em.findByCursor(Device, {
        where,
        first,
        after: after ?? undefined,
        orderBy: orderOf(orderBy),
        includeCount: false,
      });
      return { nodes: page.items, pageInfo: page };
    },
    device: (_, { id }, { em }) => em.findOne(Device, id),
  },
  Device: {
    owner: (device) => device.owner.load(),
    bookings: async (device, { first, orderBy }, { bookingsOf }) => ({ nodes: await bookingsOf(first, orderOf(orderBy)).load(device) }),
  },
  Booking: {
    user: (booking) => booking.user.load(),
  },
};
