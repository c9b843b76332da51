import { randomInt, randomUUID } from 'node:crypto';
import { ref } from '@mikro-orm/core';
import { executeSql, sql } from '#core/database/sql.js';
import { declarationOf } from '#core/database/declare/registry.js';
import type { EntityClass, FieldDeclaration } from '#core/database/declare/declaration.js';
import { newId } from '#core/database/id.js';
import { append, openStreams } from '#core/feed/streams.js';
import { Upload } from '#domains/files/upload.entity.js';
import { User } from '#domains/identity/users/user.entity.js';
import { appendEvents, eventsOf, linesOf } from '#domains/jobs/job-streams.js';
import { JobLogLine } from '#domains/jobs/job-log-line.entity.js';
import { Job } from '#domains/jobs/job.entity.js';
import type { TestApp } from './app.js';

/** A job that nobody runs, with this many events and lines. */
export async function aJob(
  { system }: TestApp,
  requestedBy: string | null,
  { events = 1, lines = 0, ...values }: Partial<Job> & { events?: number; lines?: number } = {},
): Promise<Job> {
  const em = system.database.fork();
  const job = Object.assign(new Job(), {
    id: newId(declarationOf(Job).type),
    name: 'planted.job',
    queue: 'planted',
    status: 'QUEUED',
    parameters: {},
    maxAttempts: 1,
    timeoutMs: 1_000,
    requestedByName: 'somebody',
    requestedBy: requestedBy === null ? null : ref(em.getReference(User, requestedBy)),
    ...values,
  } satisfies Partial<Job>);
  await em.transactional(async (tx) => {
    tx.persist(job);
    await tx.flush();
    await openStreams(tx, eventsOf(job.id), linesOf(job.id));
    const count = (n: number) => Array.from({ length: n }, (_, i) => i + 1);
    if (events > 0)
      await appendEvents(
        tx,
        job.id,
        0,
        count(events).map((n) => ({ status: 'QUEUED' as const, attempt: 0, message: `event ${n}` })),
      );
    if (lines > 0)
      await append(
        tx,
        { stream: linesOf(job.id), fence: 0, entity: JobLogLine, column: 'seq' },
        count(lines).map((n) => ({ job: job.id, attempt: 0, stream: 'STDOUT', level: 'INFO', text: `line ${n}` })),
      );
  });
  await system.sequencer.run();
  system.bell.ring('*', eventsOf(job.id), linesOf(job.id));
  return job;
}

/** An upload whose content is nowhere. */
export async function anUpload({ system }: TestApp, uploadedBy: string | null, name = 'planted.log'): Promise<Upload> {
  const em = system.database.fork();
  const upload = Object.assign(new Upload(), {
    id: newId(declarationOf(Upload).type),
    name,
    sizeBytes: 1,
    sha256: 'ab'.repeat(32),
    uploadedBy: uploadedBy === null ? null : ref(em.getReference(User, uploadedBy)),
    uploadedByName: 'somebody',
  });
  await em.persist(upload).flush();
  return upload;
}

/** A row of any type with made-up values, and these; without them it points at nothing that exists. Returns its id. */
export async function aRow({ system }: TestApp, entity: EntityClass, values: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const { table, type, fields } = declarationOf(entity);
  const id = newId(type);
  const stored = [...fields.values()].flatMap((field) => {
    if (field.is === 'computed' || field.property === 'id' || (field.is === 'toOne' && field.key !== undefined)) return [];
    if (field.property in values) return [{ column: field.column, value: values[field.property] }];
    return field.nullable ? [] : [{ column: field.column, value: anyValue(field) }];
  });
  await system.database.fork().transactional(async (em) => {
    await executeSql(em, sql`set local session_replication_role = replica`);
    await executeSql(
      em,
      sql`insert into ${sql.ref(table)} (${sql.join(['id', ...stored.map(({ column }) => column)].map((name) => sql.ref(name)))})
        values (${sql.join([id, ...stored.map(({ value }) => value)])})`,
    );
  });
  return id;
}

function anyValue(field: FieldDeclaration): unknown {
  if (field.is !== 'column') return randomUUID();
  if (field.list) return '[]';
  if (field.enum) return Object.keys(field.enum.values)[0];
  if (field.kind === 'string') return `planted ${randomUUID()}`;
  if (field.kind === 'time') return new Date();
  return { id: randomUUID(), int: randomInt(100_000), long: randomInt(1_000_000), float: 1, boolean: true, json: '{}' }[field.kind];
}
