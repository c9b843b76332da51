import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** What a process measures, for Prometheus. */
export class Metrics {
  readonly registry = new Registry();
  readonly requests: Histogram<'route' | 'status'>;

  constructor() {
    collectDefaultMetrics({ register: this.registry });
    this.requests = new Histogram({
      name: 'signalbox_http_request_seconds',
      help: 'Time to answer an HTTP request',
      labelNames: ['route', 'status'],
      registers: [this.registry],
    });
  }

  /** Adds a number that is read when the metrics are. */
  gauge(name: string, help: string, read: () => number): void {
    new Gauge({
      name,
      help,
      registers: [this.registry],
      collect() {
        this.set(read());
      },
    });
  }
}
