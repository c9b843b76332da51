import { executeSql, sql } from '#core/database/sql.js';
import type { WriteSystem } from '#core/feed/write.js';
import { PythonRunner } from './python-runner.js';

/** Has the sandbox of a worker ready before the first run, when there is a Python tool that could be run. */
export async function warmSandbox({ database, services, log }: WriteSystem): Promise<void> {
  try {
    const tools = await executeSql(
      database.fork(),
      sql`select 1 from tools where type = 'PYTHON_CODE' and approval_status = 'APPROVED' and is_enabled limit 1`,
    );
    if (tools.length > 0) await services.get(PythonRunner).warm();
  } catch (err) {
    log.warn({ err }, 'the sandbox could not be made ready; it is tried again with the first run');
  }
}
