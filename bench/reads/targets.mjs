const modules = {
  signalbox: () => import('./signalbox/start.mjs'),
  postgraphile: () => import('./peers/postgraphile/start.mjs'),
  handwritten: () => import('./peers/handwritten/start.mjs'),
  'stock-apollo': () => import('./peers/stock-apollo/start.mjs'),
};

/** What the targets are called in a table. */
export const titles = {
  signalbox: 'Signalbox',
  postgraphile: 'PostGraphile',
  handwritten: 'json_agg by hand',
  'stock-apollo': 'Apollo + MikroORM',
};

/**
 * Loads the modules of some targets. Each exports `start({ databaseUrl, dataDir, withPolicy, callerId })`, which starts a process of its
 * own and resolves with `{ pid, requests: { nested, flat, lookup, deep }, stop }`; the requests are those of autocannon. A module that
 * exports `prepare({ databaseUrl, dataDir })` has it called once, before the tables of the bench are made.
 */
export async function loadTargets(names) {
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await modules[name]()])));
}
