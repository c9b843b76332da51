import { KeyRing } from '#core/secrets/key-ring.js';
import { AuditKeys, createCheckpoint } from '#domains/audit/index.js';
import type { Command } from '../console/command.js';
import { openInstallation, openWriting, writeHere } from '../console/installation.js';
import { requireKey } from '../console/require-key.js';

/** Signs how the audit trail stands now. */
export const checkpointAudit: Command = {
  name: 'audit checkpoint',
  summary: 'Signs how the audit trail stands now, and prints the checkpoint: keep it elsewhere',
  async run(call) {
    requireKey(call, 'A signature');
    const database = await openInstallation(call);
    const system = await openWriting(call, database);
    system.services.add(new AuditKeys(system.services.get(KeyRing)));
    await system.sequencer.run();
    const { number, digest, signature } = await writeHere(system, createCheckpoint);
    call.answer({ number, digest, signature }, `Link ${number}, digest ${digest}:\n${signature}`);
  },
};
