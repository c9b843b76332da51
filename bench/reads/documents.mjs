/** The four queries against a schema like that of Signalbox; their answers are what every target has to give. */
export const documents = {
  nested: `query Nested($first: Int!) {
    devices(first: $first, orderBy: [{ field: CREATED_AT }]) {
      nodes {
        id label slots createdAt
        bookings(first: 5, orderBy: [{ field: STARTS_AT, direction: DESC }]) { nodes { id purpose startsAt user { id name } } }
      }
    }
  }`,
  flat: `query Flat($first: Int!) {
    devices(first: $first, orderBy: [{ field: CREATED_AT }]) {
      nodes { id label slots status createdAt }
      pageInfo { hasNextPage endCursor }
    }
  }`,
  lookup: `query Lookup($id: ID!) { device(id: $id) { id label slots status createdAt } }`,
  deep: `query Deep($first: Int!, $after: String) {
    devices(first: $first, after: $after, filter: { status: { eq: READY } }, orderBy: [{ field: LABEL }]) {
      nodes { id label status slots }
      pageInfo { hasNextPage endCursor }
    }
  }`,
};
