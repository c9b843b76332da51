import { expect, test } from 'vitest';
import { sql } from '#core/database/sql.js';
import { startTestApp } from '../../support/app.js';
import { rowsOf } from '../../support/changes.js';
import { data } from '../../support/client.js';
import { decide } from '../../support/decide.js';
import { mutated } from '../../support/mutation.js';
import { signedIn } from '../../support/users.js';
import { answerHere } from '../../e2e/support/command.js';

const app = await startTestApp({ ROLE: 'api' });
const settings = { DATABASE_URL: app.databaseUrl, DATA_DIR: app.dataDir };
const admin = await signedIn(app, 'adam', ['admin']);

test('the tools that come along are imported once, one person agrees to them and what they ask for, and their server starts', async () => {
  const first = await answerHere(['tool', 'import', 'examples/tools'], settings);
  const again = await answerHere(['tool', 'import', 'examples/tools'], settings);
  const { approvalQueue } = await data(app.url, '{ approvalQueue { nodes { id kind requesterName } } }', {}, admin);
  for (const { id } of approvalQueue.nodes) await decide(app, id, admin);
  const [server] = await rowsOf<{ id: string }>(app, sql`select id from mcp_servers where slug = 'examples'`);

  const { mcpServer } = await mutated(
    app,
    'startMcpServer',
    { id: server!.id },
    admin,
    'mcpServer { status allowedHosts tools(orderBy: [{ field: NAME }]) { nodes { name approvalStatus requiresApproval neededModules versions { nodes { changeSource } } } } }',
  );

  expect([first.imported, again.imported]).toEqual([['word_count', 'restart_service', 'repository_stars'], []]);
  expect(approvalQueue.nodes.map(({ kind, requesterName }: Record<string, string>) => [kind, requesterName]).sort()).toEqual([
    ['NETWORK_ACCESS', 'command line'],
    ...['TOOL_PUBLICATION', 'TOOL_PUBLICATION', 'TOOL_PUBLICATION'].map((kind) => [kind, 'command line']),
  ]);
  const approved = { approvalStatus: 'APPROVED', neededModules: [], versions: { nodes: [{ changeSource: 'IMPORT' }] } };
  expect(mcpServer).toEqual({
    status: 'RUNNING',
    allowedHosts: ['api.github.com:443'],
    tools: {
      nodes: [
        { name: 'repository_stars', requiresApproval: false, ...approved },
        { name: 'restart_service', requiresApproval: true, ...approved },
        { name: 'word_count', requiresApproval: false, ...approved },
      ],
    },
  });
}, 120_000);
