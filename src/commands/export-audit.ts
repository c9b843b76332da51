import { createWriteStream, existsSync } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { KeyRing } from '#core/secrets/key-ring.js';
import { AuditKeys, beginExport, exportAudit as linesOf } from '#domains/audit/index.js';
import type { Command } from '../console/command.js';
import { openInstallation, openWriting, writeHere } from '../console/installation.js';
import { requireKey } from '../console/require-key.js';

/** Writes the audit trail to a file. */
export const exportAudit: Command = {
  name: 'audit export',
  summary: 'Writes the audit trail to FILE, as lines of JSON that are signed as a whole',
  operands: ['FILE'],
  async run(call) {
    const file = call.pathOf('FILE');
    if (existsSync(file)) throw new Error(`${file} is there already; choose another name`);
    requireKey(call, 'An export, whose end is signed,');
    const database = await openInstallation(call);
    const system = await openWriting(call, database);
    system.services.add(new AuditKeys(system.services.get(KeyRing)));
    await system.sequencer.run();
    const end = await writeHere(system, beginExport);
    const { number } = end.through;
    const details = { filter: null, after: 0, through: number };
    await writeHere(system, async ({ record }) => record('audit.trail.exported', null, { details }));
    await pipeline(Readable.from(linesOf(database, { ...end, after: 0 })), createWriteStream(file, { flags: 'wx', mode: 0o600 }));
    call.answer({ file, through: number }, `${file}: ${number} links.`);
  },
};
