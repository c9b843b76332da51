// node bench/fan-out/profile.mjs: what the server spends its time on while it fans out. BENCH_TARGETS, BENCH_SOCKETS, BENCH_PAGES as in run.mjs.
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { startChild } from '../child.mjs';
import { document } from '../items.mjs';
import { summarizeProfile } from '../profile-summary.mjs';
import { numberSetting, wordsSetting } from '../settings.mjs';
import { withDatabase } from '../with-database.mjs';
import { drive } from './drive.mjs';
import { targets } from './targets.mjs';

const sockets = numberSetting('BENCH_SOCKETS', 1000);
const perPage = numberSetting('BENCH_PAGES', 1);
const seconds = numberSetting('BENCH_SECONDS', 5);
const window = numberSetting('BENCH_WINDOW', 4);

await withDatabase(async ({ databaseUrl, dataDir, closing }) => {
  const client = await startChild(join(import.meta.dirname, 'client.mjs'), {});
  closing.add(client.stop);
  for (const name of wordsSetting('BENCH_TARGETS', Object.keys(targets)).slice(0, 1)) {
    const target = await targets[name].start({ databaseUrl, dataDir });
    closing.add(target.stop);
    await client.ask('connect', { ...(await target.renew()), document, count: sockets });
    await wait(500);
    const common = { target, client, sockets, perPage, window };
    const { position } = await drive({ ...common, position: 0, seconds: 2 });
    await target.server.ask('startProfile');
    const result = await drive({ ...common, position, seconds });
    const file = join(dataDir, 'fan-out.cpuprofile');
    await target.server.ask('stopProfile', { file });
    console.log(`${name}: ${JSON.stringify(result)}\n\n${summarizeProfile(file)}\n`);
    await client.ask('disconnect');
  }
});
