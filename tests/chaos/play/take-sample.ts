import { setTimeout as pause } from 'node:timers/promises';
import type { Sample } from '../check/check-leaks.ts';
import { connectionsOf, filesOf } from '../stage/connections-of.ts';
import type { Stage } from '../stage/stage.ts';

const patienceMs = 10_000;

/** Measures what the survivor holds after everybody has left, it has been quiet for a while, and its garbage is collected. */
export async function takeSample({ survivor, database, urls: [url] }: Stage, minutes: number, quietMs: number): Promise<Sample> {
  const deadline = Date.now() + patienceMs;
  while ((await metricsOf(url)).signalbox_sockets !== 0 && Date.now() < deadline) await pause(100);
  await pause(quietMs);
  survivor.signal('SIGUSR2');
  await pause(500);
  const metrics = await metricsOf(url);
  const megabytes = (name: string): number => metrics[name]! / 2 ** 20;
  return {
    minutes,
    rssMb: megabytes('process_resident_memory_bytes'),
    heapMb: megabytes('nodejs_heap_size_used_bytes'),
    files: filesOf(survivor.pid!).length,
    sockets: metrics.signalbox_sockets!,
    // Who exchanges the telemetry listens for it, and may be another process each time.
    listeners: metrics.signalbox_feed_listeners! - (metrics.signalbox_telemetry_leader ?? 0),
    databaseConnections: connectionsOf(survivor.pid!, database.port).length,
  };
}

async function metricsOf(url: string): Promise<Record<string, number>> {
  const text = await (await fetch(`${url}/metrics`, { headers: { connection: 'close' } })).text();
  return Object.fromEntries([...text.matchAll(/^(\w+) (\S+)$/gm)].map(([, name, value]) => [name, Number(value)]));
}
