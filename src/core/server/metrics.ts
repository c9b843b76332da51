import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** What a process measures, for Prometheus. */
export class Metrics {
  readonly registry = new Registry();
  readonly #requests: Histogram<'route' | 'status'>;
  readonly #answers = new Map<string, Histogram.Internal<'route' | 'status'>>();

  constructor() {
    collectDefaultMetrics({ register: this.registry });
    this.#requests = new Histogram({
      name: 'signalbox_http_request_seconds',
      help: 'Time to answer an HTTP request',
      labelNames: ['route', 'status'],
      registers: [this.registry],
    });
  }

  /** Notes an answer; routes and statuses are few. */
  answered(route: string, status: number, seconds: number): void {
    const key = `${route} ${status}`;
    let answers = this.#answers.get(key);
    if (!answers) this.#answers.set(key, (answers = this.#requests.labels(route, String(status))));
    answers.observe(seconds);
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

  /** Adds a number that only grows, and that is read when the metrics are. */
  counter(name: string, help: string, read: () => number): void {
    new Counter({
      name,
      help,
      registers: [this.registry],
      collect() {
        this.reset();
        this.inc(read());
      },
    });
  }

  /** Adds a histogram of delays; returns what takes them, in milliseconds. */
  lag(name: string, help: string): (ms: number) => void {
    const lags = new Histogram({ name, help, buckets: [0.005, 0.02, 0.05, 0.1, 0.25, 1, 5, 30, 120], registers: [this.registry] });
    return (ms) => lags.observe(ms / 1_000);
  }
}
