import { ApprovalNoticeDelivery } from '#domains/approvals/index.js';
import { importTools as importFolder, readToolFolder } from '#domains/tools/index.js';
import { graph } from '../domains.js';
import { openSandbox } from '../open-sandbox.js';
import { postOf } from '../post-of.js';
import type { Command } from '../console/command.js';
import { openInstallation, openWriting, writeHere } from '../console/installation.js';

/** Imports a folder of Python tools. */
export const importTools: Command = {
  name: 'tool import',
  summary: 'Imports a folder of Python tools into an MCP server, and submits them',
  details:
    'The folder has tools.json, which names the server and says of each tool what createTool takes, and which hosts and modules it asks for; examples/tools is one. Somebody has to agree before a tool can be used. Tools that the server has already stay as they are.',
  operands: ['FOLDER'],
  async run(call) {
    const folder = await readToolFolder(call.pathOf('FOLDER'));
    const database = await openInstallation(call);
    const stops: (() => Promise<void>)[] = [];
    const { inspector } = openSandbox({ dataDir: call.config.DATA_DIR, mostAtOnce: 1, log: call.log }, stops);
    for (const stop of stops) call.defer(stop);
    const inspected = await Promise.all(folder.tools.map(async ({ pythonCode: code }) => ({ code, seen: await inspector.inspect(code) })));
    const system = await openWriting(call, database, ...graph.services);
    const notices = new ApprovalNoticeDelivery(system, postOf(call.config));
    system.services.add(notices);
    call.defer(() => notices.stop());
    const names = await writeHere(system, (context) => importFolder(context, folder, inspected));
    const text = names.length > 0 ? `Imported and submitted: ${names.join(', ')}.` : 'There was nothing to import.';
    call.answer({ server: folder.server.slug, imported: names }, text);
  },
};
