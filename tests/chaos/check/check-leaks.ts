/** What the process that is never ended holds while nothing happens and nobody follows. */
export interface Sample {
  minutes: number;
  rssMb: number;
  heapMb: number;
  files: number;
  sockets: number;
  listeners: number;
  databaseConnections: number;
}

/** How much a number may grow over the whole run: by a share of where it began, or by an amount, whichever is more. */
const bounds: Partial<Record<keyof Sample, { share: number; amount: number }>> = {
  // What is left of the heap after a collection is in use; caches with a bound fill up at first, which the first samples are left out for.
  heapMb: { share: 0.1, amount: 8 },
  // Pages that the allocator does not give back at once come and go.
  rssMb: { share: 0.25, amount: 48 },
  files: { share: 0, amount: 6 },
};

const mostDatabaseConnections = 16;
const warmUp = 2;

/** Whether the process keeps what it should have let go: sockets and listeners exactly, memory and files by their trend. */
export function checkLeaks(samples: readonly Sample[]): string[] {
  const [first] = samples;
  const exact = samples.flatMap(({ minutes, sockets, listeners, databaseConnections }) => [
    ...(sockets === 0 ? [] : [`${sockets} sockets are open after ${minutes.toFixed(1)} min although nobody is connected`]),
    ...(listeners === first!.listeners
      ? []
      : [`${listeners} listen after ${minutes.toFixed(1)} min, and ${first!.listeners} at the beginning`]),
    ...(databaseConnections <= mostDatabaseConnections
      ? []
      : [`${databaseConnections} connections to the database after ${minutes.toFixed(1)} min`]),
  ]);
  const warm = samples.slice(warmUp);
  // A trend of fewer says nothing.
  if (warm.length < 4) return exact;
  const trends = Object.entries(bounds).flatMap(([name, { share, amount }]) => {
    const { start, growth } = trendOf(warm, name as keyof Sample);
    const most = Math.max(start * share, amount);
    return growth <= most ? [] : [`${name} grew by ${growth.toFixed(1)} from ${start.toFixed(1)}, and may grow by ${most.toFixed(1)}`];
  });
  return [...exact, ...trends];
}

/** The straight line through the samples: where it begins, and how much higher it ends. */
export function trendOf(samples: readonly Sample[], name: keyof Sample): { start: number; growth: number } {
  const points = samples.map((sample) => ({ x: sample.minutes, y: sample[name] }));
  const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [x, y] = [mean(points.map((point) => point.x)), mean(points.map((point) => point.y))];
  const spread = mean(points.map((point) => (point.x - x) ** 2));
  const slope = spread === 0 ? 0 : mean(points.map((point) => (point.x - x) * (point.y - y))) / spread;
  const [from, to] = [points[0]!.x, points.at(-1)!.x];
  return { start: y + slope * (from - x), growth: slope * (to - from) };
}
