import { ask } from './ask.mjs';

// 20,000 devices, of which 12,000 are ready.
const pagesToHalfway = 60;
const pageOfWalk = 100;

/**
 * The four requests of a target, from what each of them needs: `lookup` gets the id of the fiftieth device, and `deep` the cursor half
 * way into the filtered list, to which this walks page by page, as a client would.
 */
export async function makeRequests({ nested, flat, lookup, deep }) {
  const { data } = await ask(flat({ first: 100 }));
  let after = null;
  for (let page = 0; page < pagesToHalfway; page += 1) {
    const { data } = await ask(deep({ first: pageOfWalk, after }));
    after = data.devices.pageInfo.endCursor;
  }
  return {
    nested: nested({ first: 20 }),
    flat: flat({ first: 100 }),
    lookup: lookup({ id: data.devices.nodes[49].id }),
    deep: deep({ first: 20, after }),
  };
}

/** The four requests of a GraphQL server, from its documents. */
export function makeGraphqlRequests({ url, documents, headers = {} }) {
  const request = (query) => (variables) => ({
    url,
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query, variables }),
  });
  return makeRequests({
    nested: request(documents.nested),
    flat: request(documents.flat),
    lookup: request(documents.lookup),
    deep: request(documents.deep),
  });
}
