/** The four queries in the names of PostGraphile, with aliases that give the answers the names of the others. */
export const documents = {
  nested: `query Nested($first: Int!) {
    devices: allBenchDevices(first: $first, orderBy: [CREATED_AT_ASC]) {
      nodes {
        id: rowId label slots createdAt
        bookings: benchBookingsByDeviceId(first: 5, orderBy: [STARTS_AT_DESC]) {
          nodes { id: rowId purpose startsAt user: benchPersonByUserId { id: rowId name } }
        }
      }
    }
  }`,
  flat: `query Flat($first: Int!) {
    devices: allBenchDevices(first: $first, orderBy: [CREATED_AT_ASC]) {
      nodes { id: rowId label slots status createdAt }
      pageInfo { hasNextPage endCursor }
    }
  }`,
  lookup: `query Lookup($id: UUID!) { device: benchDeviceByRowId(rowId: $id) { id: rowId label slots status createdAt } }`,
  deep: `query Deep($first: Int!, $after: Cursor) {
    devices: allBenchDevices(first: $first, after: $after, filter: { status: { equalTo: "READY" } }, orderBy: [LABEL_ASC]) {
      nodes { id: rowId label status slots }
      pageInfo { hasNextPage endCursor }
    }
  }`,
};
