import { Gauges } from '#core/feed/gauges.js';
import type { GraphSystem } from '#core/graph/context.js';
import type { GraphqlEvents } from '#core/server/graphql-events.js';
import type { GraphqlSocket } from '#core/server/graphql-socket.js';
import type { Metrics } from '#core/server/metrics.js';

const lagBuckets = [0.005, 0.02, 0.05, 0.1, 0.25, 1, 5, 30, 120];

/** Shows what feeds and their connections do: in the metrics of this process, and in its row among the processes. */
export function measureFeeds(
  { meter, bell, services }: GraphSystem,
  metrics: Metrics,
  sockets: GraphqlSocket,
  events: GraphqlEvents,
): void {
  const bufferedBytes = (): number => sockets.bufferedBytes + events.bufferedBytes;
  metrics.gauge('signalbox_sockets', 'Open sockets', () => sockets.open);
  metrics.gauge('signalbox_event_streams', 'Open streams of server-sent events', () => events.open);
  metrics.gauge('signalbox_feed_listeners', 'Callbacks that wait for the bell', () => bell.listening);
  metrics.gauge('signalbox_feed_subscribers', 'Subscriptions that are open', () => meter.subscribers);
  metrics.gauge('signalbox_feed_together', 'Subscriptions that follow together with those of the same rights', () => meter.together);
  metrics.gauge('signalbox_feed_buffered_bytes', 'Bytes that wait to be sent to followers', bufferedBytes);
  metrics.counter('signalbox_feed_pages_total', 'Pages handed to clients, heartbeats included', () => meter.pages);
  metrics.counter('signalbox_feed_items_total', 'Items in these pages', () => meter.items);
  metrics.counter('signalbox_feed_resyncs_total', 'How often a follower read by itself to catch up with its group', () => meter.resyncs);
  const lags = metrics.seconds('signalbox_feed_lag_seconds', 'Age of the newest item of a live page when it is sent', [], lagBuckets);
  meter.onLag = (ms) => lags.observe(ms / 1_000);

  const gauges = services.get(Gauges);
  gauges.add('sockets', () => sockets.open);
  gauges.add('subscribers', () => meter.subscribers);
  gauges.add('bufferedBytes', bufferedBytes);
  gauges.add(
    'pageRate',
    pageRate(() => meter.pages),
  );
  gauges.add('lagMs', () => meter.lagMs);
}

/** Pages a second since the last time that somebody asked. */
function pageRate(read: () => number): () => number {
  let [pages, at] = [read(), performance.now()];
  return () => {
    const [before, since] = [pages, at];
    [pages, at] = [read(), performance.now()];
    return at > since ? ((pages - before) * 1_000) / (at - since) : 0;
  };
}
