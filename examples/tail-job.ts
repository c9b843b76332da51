// Prints the lines of a job until it ends, each once and in order, however often the connection, the server or this program breaks:
//
//   node_modules/.bin/node examples/tail-job.ts <id of a job>
//   node_modules/.bin/node examples/tail-job.ts --analyze ./access.log
//   node_modules/.bin/node examples/tail-job.ts --analyze ./access.log --cursor-file ./tail.json
//
// With a cursor file it goes on where it was when it is started again. An older Node.js than 22.18 does not run TypeScript.
// SIGNALBOX_URL (http://127.0.0.1:4000), SIGNALBOX_USERNAME (admin) and SIGNALBOX_PASSWORD say where, and who. With
// SIGNALBOX_SENDS_IDS=true it sends ids of documents, which a server wants that answers trusted ones only. Standard output has the
// lines: number, attempt, level and text with tabs between. The exit code is 0 when the job has succeeded, otherwise 1.
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createClient } from 'graphql-ws';
import { JobLogsDocument, StartJobDocument, type JobLogsSubscription } from './generated/graphql.ts';
import { asked, Refused, Session } from './session.ts';

/** What is followed, and from where: after a cursor, or without one from the first line. */
interface Place {
  jobId: string;
  after: string | null;
}

const longestPauseMs = 5_000;
// An idle feed sends an empty page every 15 seconds.
const longestSilenceMs = 45_000;
const mostLines = 10_000;

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { analyze: { type: 'string' }, 'cursor-file': { type: 'string' } },
});
const { SIGNALBOX_URL: url = 'http://127.0.0.1:4000', SIGNALBOX_USERNAME: username = 'admin', SIGNALBOX_PASSWORD: password } = process.env;
if (!password) {
  process.stderr.write('SIGNALBOX_PASSWORD is not set\n');
  process.exit(1);
}
const session = new Session(url, { username, password });
const cursorFile = options['cursor-file'];
const tell = (text: string): boolean => process.stderr.write(`${text}\n`);

async function beginning(): Promise<Place> {
  const [jobId] = positionals;
  if (cursorFile && existsSync(cursorFile)) {
    const place = JSON.parse(readFileSync(cursorFile, 'utf8')) as Place;
    if (jobId === undefined || jobId === place.jobId) return place;
  }
  if (jobId !== undefined) return { jobId, after: null };
  if (options.analyze === undefined) throw new Error('Say which job to follow, or which file to --analyze');

  const file = await session.upload(options.analyze);
  const { enqueueJob } = await session.send(StartJobDocument, { input: { name: 'loglens.analyze', parameters: { file } } });
  tell(`Started the job ${enqueueJob.job!.id}`);
  // The cursor of the change that made the job comes before all that the job prints.
  return { jobId: enqueueJob.job!.id, after: enqueueJob.cursor };
}

function keep(place: Place): void {
  if (!cursorFile) return;
  writeFileSync(`${cursorFile}.new`, JSON.stringify(place));
  renameSync(`${cursorFile}.new`, cursorFile);
}

/** Prints pages of one subscription and moves the place behind each. Returns why the job has ended; null when only the feed has. */
async function follow(place: Place, onPage: () => void): Promise<string | null> {
  const authorization = await session.authorization();
  // graphql-ws would subscribe again with the cursor that it began with; the loop below does it with the newest.
  const client = createClient({ url: `${url.replace(/^http/, 'ws')}/graphql`, connectionParams: { authorization }, retryAttempts: 0 });
  const silence = setTimeout(() => client.terminate(), longestSilenceMs);
  const variables = { ...place, ...(place.after === null && { last: mostLines }) };
  try {
    for await (const { data, errors } of client.iterate<JobLogsSubscription>({ ...asked(JobLogsDocument), variables })) {
      if (!data) throw new Refused(errors ?? []);
      silence.refresh();
      onPage();
      const { state, cursor, items, lost, total, reason } = data.jobLogs;
      if (lost) tell('Lines are missing here: they are no longer kept');
      for (const { seq, attempt, level, text } of items) process.stdout.write(`${seq}\t${attempt}\t${level}\t${text}\n`);
      place.after = cursor;
      keep(place);
      if (state !== 'ENDED') continue;
      tell(`The job has ended with ${total} lines: ${reason}`);
      return reason;
    }
    return null;
  } catch (error) {
    throw Array.isArray(error) ? new Refused(error) : error;
  } finally {
    clearTimeout(silence);
    void client.dispose();
  }
}

/** Follows until the job has ended; returns why. What another try cannot cure is thrown. */
async function tail(place: Place): Promise<string> {
  for (let failures = 0; ; failures += 1) {
    try {
      const reason = await follow(place, () => (failures = 0));
      if (reason !== null) return reason;
    } catch (error) {
      const { code, reason, message } = error as { code?: number; reason?: string; message?: string };
      // Codes of this range say what the client did wrong.
      const isFinal = error instanceof Refused ? error.isFinal : code !== undefined && code >= 4400 && code < 4499;
      if (isFinal) throw error instanceof Refused ? error : new Error(reason, { cause: error });
      tell(`The connection broke (${reason || message || code}); trying again`);
    }
    await sleep(Math.min(100 * 2 ** failures, longestPauseMs));
  }
}

try {
  const place = await beginning();
  keep(place);
  process.exitCode = (await tail(place)) === 'SUCCEEDED' ? 0 : 1;
  if (cursorFile) rmSync(cursorFile);
} catch (error) {
  const { message, cause } = error as Error & { cause?: { code?: string } };
  tell(cause?.code ? `${url}: ${message} (${cause.code}); SIGNALBOX_URL says where the server is` : message);
  process.exitCode = 1;
}
