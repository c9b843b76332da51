import { Refusals } from '#core/feed/refusals.js';
import type { GraphSystem } from '#core/graph/context.js';
import type { Metrics } from '#core/server/metrics.js';

/** Shows in the metrics of this process what its limits refuse. */
export const measureRefusals = ({ services }: GraphSystem, metrics: Metrics): void =>
  metrics.counters(
    'signalbox_refusals_total',
    'What was refused because of a limit, by limit',
    'limit',
    () => services.get(Refusals).counts,
  );
