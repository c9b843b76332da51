import { write } from '#core/feed/write.js';
import { ownOrigin } from '#core/feed/origin.js';
import { setSetting } from '#domains/settings/index.js';
import { sql } from '#core/database/sql.js';
import type { TestApp } from './app.js';
import { rowsOf } from './changes.js';

/** Lets sign-ins fail as often as a test wants: what it is about is not how often somebody may guess. */
export async function unlimited(app: TestApp): Promise<void> {
  for (const key of ['limits.triesPerName', 'limits.triesPerAddress']) {
    const [{ revision }] = (await rowsOf<{ revision: number }>(app, sql`select revision from settings where key = ${key}`)) as [
      { revision: number },
    ];
    await write(app.system, ownOrigin, (context) => setSetting(context, { key, value: 1_000, expectedRevision: revision }));
  }
}
