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

  /** Adds numbers that only grow, one for each value of a label, that are read when the metrics are. */
  counters(name: string, help: string, label: string, read: () => readonly (readonly [string, number])[]): void {
    new Counter({
      name,
      help,
      labelNames: [label],
      registers: [this.registry],
      collect() {
        this.reset();
        for (const [value, number] of read()) this.inc({ [label]: value }, number);
      },
    });
  }

  /** Adds numbers that are read when the metrics are, one for each value of a label; none when they cannot be read. */
  gauges(name: string, help: string, label: string, read: () => Promise<readonly [string, number][]>): void {
    new Gauge({
      name,
      help,
      labelNames: [label],
      registers: [this.registry],
      async collect() {
        const values = await read().catch(() => []);
        this.reset();
        for (const [value, number] of values) this.set({ [label]: value }, number);
      },
    });
  }

  /** Adds times in seconds, by labels that have few values. */
  seconds<Label extends string>(name: string, help: string, labelNames: Label[], buckets: number[]): Histogram<Label> {
    return new Histogram({ name, help, labelNames, buckets, registers: [this.registry] });
  }
}
