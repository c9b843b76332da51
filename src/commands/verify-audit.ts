import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { JSONWebKeySet } from 'jose';
import { lines } from '#core/jobs/lines.js';
import { ExportCheck, KeptCheckpoints, publicAuditKeys, verifyChain, type ChainReport, type ExportReport } from '#domains/audit/index.js';
import type { Call, Command } from '../console/command.js';
import { openInstallation } from '../console/installation.js';
import { readCheckpoints } from '../console/read-checkpoints.js';
import { UsageError } from '../console/usage-error.js';

const exitCodes = { INTACT: 0, BROKEN: 1, UNPROVEN: 3 };

/** Verifies the audit trail of the installation, or an export of it without any server. */
export const verifyAudit: Command = {
  name: 'audit verify',
  summary: 'Verifies the audit trail, or with FILE an export of it, without a server or a database',
  details: [
    'Finds entries that were changed, that are missing before their time or stand in another order, as far as checkpoints sign them, and',
    'says how far that is. What was rewritten before it was signed anew fits its own checkpoints: only --checkpoints finds that.',
    'Ends with exit code 1 when something is wrong, and with 3 when an export fits together, but nothing proves it for want of --keys.',
  ].join('\n'),
  operands: ['[FILE]'],
  options: {
    keys: {
      value: 'FILE',
      description:
        'Public keys that were kept from /audit/jwks.json; without them no signature of an export is verified, and the database vouches for its own keys',
    },
    checkpoints: {
      value: 'FILE',
      description: 'Checkpoints that were kept elsewhere, to compare with: one signature a line, or the log of the server as it writes it',
    },
  },
  async run(call) {
    const { verdict, report, summary } = await (call.operands.FILE === undefined ? ofDatabase(call) : ofExport(call));
    for (const { message, ...problem } of report.problems)
      call.tell('line' in problem && problem.line !== null ? `Line ${problem.line}: ${message}` : message);
    call.answer(report, summary);
    return exitCodes[verdict];
  },
};

interface Verified {
  readonly verdict: ExportReport['verdict'];
  readonly report: ChainReport | ExportReport;
  readonly summary: string;
}

async function ofDatabase(call: Call): Promise<Verified> {
  const database = await openInstallation(call);
  const given = await keysOf(call);
  const keys = given ?? (await publicAuditKeys(database.fork()));
  const kept = await keptOf(call, keys);
  const report = await verifyChain(database, { after: 0, limit: Infinity, keys, kept, requiresSignedEnd: given !== null });
  return { verdict: report.isIntact ? 'INTACT' : 'BROKEN', report, summary: summaryOfChain(report) };
}

async function ofExport(call: Call): Promise<Verified> {
  const keys = await keysOf(call);
  if (call.values.checkpoints !== undefined && !keys) throw new UsageError('Give --keys too: checkpoints are verified with them');
  const check = new ExportCheck({ keys, kept: keys && (await keptOf(call, keys)) });
  for await (const line of lines(createReadStream(call.pathOf('FILE')), Infinity)) await check.next(line);
  const report = check.report();
  return { verdict: report.verdict, report, summary: summaryOfExport(report) };
}

async function keysOf(call: Call): Promise<JSONWebKeySet | null> {
  if (call.values.keys === undefined) return null;
  const path = call.pathOf('keys');
  const keys = JSON.parse(await readFile(path, 'utf8')) as JSONWebKeySet;
  if (!Array.isArray(keys.keys)) throw new Error(`${path} holds no keys: it has to be what /audit/jwks.json answers`);
  return keys;
}

const keptOf = async (call: Call, keys: JSONWebKeySet): Promise<KeptCheckpoints | null> =>
  call.values.checkpoints === undefined ? null : KeptCheckpoints.of(await readCheckpoints(call.pathOf('checkpoints')), keys);

function summaryOfChain(report: ChainReport): string {
  const { checkedCount, expiredCount, checkpointCount, keptCount, lastNumber, signedNumber, signedAt } = report;
  if (!report.isIntact) return notIntact(report);
  const counts = `${checkedCount} links, ${expiredCount} of them of entries whose time has passed, ${checkpointCount} checkpoints${agreeing(keptCount)}`;
  if (signedAt === null) return `Intact: ${counts}; no checkpoint signs any of it yet, so that nothing proves it.`;
  if (signedNumber === lastNumber) return `Intact: ${counts}; signed to its end.`;
  return `Intact: ${counts}; signed up to link ${signedNumber}, at ${signedAt}. Nothing proves the ${lastNumber - signedNumber} behind it yet.`;
}

function summaryOfExport(report: ExportReport): string {
  const { verdict, isFiltered, linkCount, expiredCount, keptCount, after, signedAt } = report;
  if (verdict === 'BROKEN') return notIntact(report);
  // Whoever hands an export over says where it begins.
  const without = after === 0 ? '' : ` without the first ${after}, which it does not hold`;
  const what = isFiltered
    ? `${linkCount} entries of a filtered export`
    : `${linkCount} links${without}, ${expiredCount} of them of entries whose time has passed`;
  if (verdict === 'UNPROVEN')
    return `NOT PROVEN: ${what} fit together, but signatures were not verified: no --keys. Anybody could have put this together.`;
  const more = isFiltered ? '. What the filter left out cannot be told' : ', and its end by a checkpoint';
  return `Intact: ${what}${agreeing(keptCount)}; signed as it was exported at ${signedAt}${more}.`;
}

const notIntact = ({ problemCount, lastNumber }: ChainReport | ExportReport): string =>
  `NOT INTACT: ${problemCount} problems, up to link ${lastNumber}.`;

function agreeing(count: number | null): string {
  if (count === null) return '';
  return count === 0
    ? ', none of the checkpoints that were kept elsewhere speaks of them'
    : `, ${count} checkpoints that were kept elsewhere agree`;
}
