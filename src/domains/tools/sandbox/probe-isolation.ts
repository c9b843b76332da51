import { createServer, type AddressInfo, type Server } from 'node:net';
import { Box } from './box.js';
import { isolations, type Isolation, type IsolationName } from './isolation.js';

const timeoutMs = 15_000;

/** Finds the strongest isolation that works on this machine, by trying: a box is asked to reach a port of ours. */
export async function probeIsolation(mostMemoryBytes: number, levels: readonly IsolationName[]): Promise<Isolation> {
  const target: Server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => target.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = target.address() as AddressInfo;
    for (const isolation of isolations())
      if (levels.includes(isolation.name) && (await holds(isolation, mostMemoryBytes, port))) return isolation;
    throw new Error(`No process for Python can be started on this machine with an isolation of ${levels.join(', ')}`);
  } finally {
    target.close();
  }
}

async function holds(isolation: Isolation, mostMemoryBytes: number, port: number): Promise<boolean> {
  const box = new Box({ isolation, mostMemoryBytes });
  const timer = setTimeout(() => box.kill(), timeoutMs);
  try {
    const probed = new Promise<{ hasNetwork: boolean; uid: number } | null>((resolve) => {
      box.onSaid = (said) => resolve(said.is === 'probed' ? said : null);
      void box.gone.then(() => resolve(null));
    });
    void box.send({ do: 'probe', port });
    const found = await probed;
    if (found === null) return false;
    if (isolation.name === 'PROCESS_ONLY') return true;
    return !found.hasNetwork && (isolation.name === 'SEPARATE_NETWORK' || found.uid !== process.getuid?.());
  } finally {
    clearTimeout(timer);
    box.kill();
    await box.gone;
  }
}
