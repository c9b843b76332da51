/** The part of the schema of Signalbox that the queries use. */
export const typeDefs = `
  scalar DateTime

  type Query {
    devices(first: Int!, after: String, filter: DeviceFilter, orderBy: [DeviceOrder!]!): DeviceConnection!
    device(id: ID!): Device
  }

  enum DeviceStatus { READY BUSY BROKEN }
  enum OrderDirection { ASC DESC }
  input DeviceStatusFilter { eq: DeviceStatus }
  input DeviceFilter { status: DeviceStatusFilter }
  enum DeviceOrderField { CREATED_AT LABEL }
  input DeviceOrder { field: DeviceOrderField! direction: OrderDirection! = ASC }
  enum BookingOrderField { STARTS_AT }
  input BookingOrder { field: BookingOrderField! direction: OrderDirection! = ASC }

  type PageInfo { hasNextPage: Boolean! endCursor: String }
  type DeviceConnection { nodes: [Device!]! pageInfo: PageInfo! }
  type BookingConnection { nodes: [Booking!]! }

  type Device {
    id: ID!
    label: String!
    slots: Int!
    status: DeviceStatus!
    createdAt: DateTime!
    owner: Person!
    bookings(first: Int!, orderBy: [BookingOrder!]!): BookingConnection!
  }
  type Booking { id: ID! purpose: String! startsAt: DateTime! user: Person! }
  type Person { id: ID! name: String! }
`;
