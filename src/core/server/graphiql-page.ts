import { renderGraphiQL } from '@graphql-yoga/render-graphiql';
import { bar } from './page/bar.js';
import { barScript } from './page/bar-script.js';
import { withContentPolicy } from './page/content-policy.js';
import { icon, iconUrl } from './page/icon.js';
import { tabsScript } from './page/tabs-script.js';

/** What the bar above GraphiQL knows, and puts into the variables of tabs. */
export type KnownThing = 'upload' | 'job';

/** An operation that a tab of GraphiQL shows at first; the tab has the operation's name. */
export interface ExampleTab {
  query: string;
  /** As JSON. */
  variables?: string;
  /** Where in the variables the ids of known things go, such as `input.file`. */
  takes?: Partial<Record<KnownThing, string>>;
  /** A button of the bar, there once all that the tab takes is known: it runs the operation for the sake of one id in its answer. */
  button?: {
    label: string;
    gives: KnownThing;
    /** Where in the data the id is, such as `jobs.nodes.0.id`. */
    at: string;
    /** What to say when it is not there. */
    otherwise: string;
    /** Name of the tab that is opened then. */
    opens: string;
  };
}

/** The page at `/`: GraphiQL with a bar to upload files and to fill in ids; everything comes from this server. */
export function graphiqlPage(tabs: readonly ExampleTab[]): string {
  const page = renderGraphiQL({
    title: 'Signalbox',
    logo: icon,
    favicon: iconUrl,
    endpoint: '/graphql',
    subscriptionsProtocol: 'WS',
    credentials: 'same-origin',
    defaultTabs: tabs.map(({ query, variables }) => ({ query, variables })),
  } as never);
  const examples = JSON.stringify(tabs).replaceAll('<', '\\u003c');
  const script = `<script>(() => {\nconst examples = ${examples};\n${tabsScript}\n${barScript}})();</script>`;
  return withContentPolicy(page.replace(/(<body[^>]*>)/, (body) => `${body}${bar}${script}`));
}
