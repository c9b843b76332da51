import { spawnSync } from 'node:child_process';
import { chmod, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

/** A disk of a few megabytes, in memory. */
export interface SmallDisk {
  folder: string;
  /** Writes until not a byte more fits. */
  fill(): Promise<void>;
  /** Gives back what `fill` took. */
  free(): Promise<void>;
}

const mount = (...args: string[]): boolean => spawnSync('mount', args, { stdio: 'ignore' }).status === 0;
const unmount = (folder: string): boolean => spawnSync('umount', [folder], { stdio: 'ignore' }).status === 0;

/** Makes a small disk, which is gone when the file is done; null where this may not mount one. */
export async function smallDisk(megabytes: number): Promise<SmallDisk | null> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return null;
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-disk-'));
  // The database runs as somebody else.
  await chmod(folder, 0o755);
  if (!mount('-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0777`, 'tmpfs', folder)) {
    await rm(folder, { recursive: true });
    return null;
  }
  afterAll(async () => {
    if (!unmount(folder)) spawnSync('umount', ['-l', folder]);
    await rm(folder, { recursive: true, force: true });
  });
  const ballast = join(folder, 'ballast');
  return {
    folder,
    async fill() {
      const file = await open(ballast, 'a');
      for (let size = 1024 * 1024; size >= 1;)
        try {
          await file.write(Buffer.alloc(size));
        } catch {
          size = Math.floor(size / 2);
        }
      await file.close();
    },
    free: () => rm(ballast, { force: true }),
  };
}
