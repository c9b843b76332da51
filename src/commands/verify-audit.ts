import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { JSONWebKeySet } from 'jose';
import { ExportCheck, publicAuditKeys, verifyChain, type ChainReport, type ExportReport } from '#domains/audit/index.js';
import type { Call, Command } from '../console/command.js';
import { openInstallation } from '../console/installation.js';

/** Verifies the audit trail of the installation, or an export of it without any server. */
export const verifyAudit: Command = {
  name: 'audit verify',
  summary: 'Verifies the audit trail, or with FILE an export of it, without a server or a database',
  details: [
    'Finds entries that were changed, that are missing before their time or stand in another order, and signed checkpoints that say otherwise.',
    'Ends with exit code 1 when something is wrong.',
  ].join('\n'),
  operands: ['[FILE]'],
  options: {
    keys: {
      value: 'FILE',
      description:
        'Public keys that were kept from /audit/jwks.json; without them no signature of an export is verified, and the database vouches for its own keys',
    },
  },
  async run(call) {
    const isExport = call.operands.FILE !== undefined;
    const report = isExport ? await ofExport(call) : await ofDatabase(call);
    for (const { message, ...problem } of report.problems)
      call.tell('line' in problem && problem.line !== null ? `Line ${problem.line}: ${message}` : message);
    call.answer(report, summaryOf(report));
    return report.isIntact ? 0 : 1;
  },
};

async function ofDatabase(call: Call): Promise<ChainReport> {
  const database = await openInstallation(call);
  const keys = call.values.keys === undefined ? await publicAuditKeys(database.fork()) : await readKeys(call.pathOf('keys'));
  return verifyChain(database, { after: 0, limit: Infinity, keys });
}

async function ofExport(call: Call): Promise<ExportReport> {
  const { keys } = call.values;
  const check = new ExportCheck(keys === undefined ? null : await readKeys(call.pathOf('keys')));
  for await (const line of createInterface({ input: createReadStream(call.pathOf('FILE')), crlfDelay: Infinity })) await check.next(line);
  return check.report();
}

async function readKeys(path: string): Promise<JSONWebKeySet> {
  const keys = JSON.parse(await readFile(path, 'utf8')) as JSONWebKeySet;
  if (!Array.isArray(keys.keys)) throw new Error(`${path} holds no keys: it has to be what /audit/jwks.json answers`);
  return keys;
}

function summaryOf(report: ChainReport | ExportReport): string {
  if (!report.isIntact) return `NOT INTACT: ${report.problemCount} problems, up to link ${report.lastNumber}.`;
  if ('checkedCount' in report)
    return `Intact: ${report.checkedCount} links, ${report.expiredCount} of them of entries whose time has passed, ${report.checkpointCount} checkpoints.`;
  if (report.isFiltered)
    return `Intact: ${report.linkCount} entries, each for itself. The export is filtered: what is missing cannot be told.`;
  const signed = { true: 'its end is signed', false: 'but no checkpoint signs its end', null: 'signatures were not verified: no --keys' };
  // Whoever hands an export over decides where it begins.
  const without = report.after === 0 ? '' : ` without the first ${report.after}, which it does not hold`;
  return `Intact: ${report.linkCount} links${without}, ${report.expiredCount} of them of entries whose time has passed; ${signed[`${report.isSigned}`]}.`;
}
