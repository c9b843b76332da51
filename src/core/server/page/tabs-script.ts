/**
 * Runs in the browser before GraphiQL starts. Brings GraphiQL's stored tabs into order: a first visit finds the examples with their
 * variables, later ones what was there, without GraphiQL's extra tab; what the bar has learned is filled in.
 */
export const tabsScript = /* js */ `
// What the bar knows, by kind: { id, text }; and which tab a button wants to open.
const known = JSON.parse(sessionStorage.getItem('signalbox') ?? '{}');
const remember = (things) => sessionStorage.setItem('signalbox', JSON.stringify(Object.assign(known, things)));

const nameOf = (query) => /^(?!#).*(?:query|subscription|mutation)\\s+(\\w+)/m.exec(query)?.[1] ?? '<untitled>';
const takenOf = ({ takes = {} }) => Object.keys(takes);

/** The variables of a tab, or if they cannot be read those of the example, with the ids of what is known. */
function filled(example, variables) {
  let values;
  try {
    values = JSON.parse(variables) ?? {};
  } catch {
    values = JSON.parse(example.variables ?? '{}');
  }
  for (const thing of takenOf(example)) {
    if (!known[thing]) continue;
    const path = example.takes[thing].split('.');
    const last = path.pop();
    const parent = path.reduce((value, key) => (value[key] ??= {}), values);
    parent[last] = known[thing].id;
  }
  return JSON.stringify(values, null, 2);
}

const tabOf = ({ query, variables = null }) =>
  ({ id: crypto.getRandomValues(new Uint32Array(4)).join('-'), title: nameOf(query), query, variables, headers: null, operationName: nameOf(query), response: null });

function storedTabs() {
  try {
    const stored = JSON.parse(localStorage.getItem('graphiql:tabState'));
    if (stored?.tabs?.length > 0) return stored;
  } catch {}
  return { tabs: examples.map(tabOf), activeTabIndex: 0 };
}

function fillIn(state) {
  for (const example of examples.filter((each) => takenOf(each).some((thing) => known[thing]))) {
    const name = nameOf(example.query);
    if (!state.tabs.some(({ title }) => title === name)) state.tabs.push(tabOf(example));
    const tab = state.tabs.find(({ title }) => title === name);
    tab.variables = filled(example, tab.variables);
  }
  state.activeTabIndex = Math.max(0, state.tabs.findIndex(({ title }) => title === known.opens));
}

function prepareTabs() {
  const url = new URL(location.href);
  const state = storedTabs();
  if (known.opens) {
    fillIn(state);
    remember({ opens: undefined });
    url.searchParams.delete('query');
  }
  const asked = url.searchParams.get('query');
  const index = asked === null ? state.activeTabIndex : state.tabs.findIndex(({ query }) => query === asked);
  const tab = state.tabs[index];
  if (tab) state.activeTabIndex = index;
  localStorage.setItem('graphiql:tabState', JSON.stringify(state));
  // GraphiQL opens the tab that has just these; for an operation of a link that is in no tab it makes one.
  for (const key of ['query', 'variables', 'headers']) {
    if (tab?.[key]) localStorage.setItem('graphiql:' + key, tab[key]);
    else localStorage.removeItem('graphiql:' + key);
  }
  if (tab) url.searchParams.delete('query');
  history.replaceState({}, '', url);
}

try {
  prepareTabs();
} catch (error) {
  console.warn('The tabs could not be prepared', error);
}
`;
