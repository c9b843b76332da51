import { LogSource } from './input/log-source.mjs';
import { LogReading } from './log-reading.mjs';
import { buildReport } from './report/build-report.mjs';
import { fitReport } from './report/fit-report.mjs';
import { Narrator } from './report/narrator.mjs';
import { ProgressTeller } from './report/progress-teller.mjs';
import { tellSummary } from './report/tell-summary.mjs';
import { writeReport } from './report/write-report.mjs';
import { writeSize } from './report/written-numbers.mjs';

/**
 * Reads a log file of any size and reports what is in it.
 * @param {import('./worker.mjs').Run} run
 */
export async function analyze(run) {
  const { format = 'auto', top = 10 } = run.parameters;
  const { path, name } = run.files.file;
  const startedMs = performance.now();
  const source = await LogSource.open(path);
  try {
    const { sizeBytes, isGzip, modifiedAtMs, warnings } = source;
    const narrator = new Narrator(run.log, sizeBytes);
    const reading = new LogReading({ format, top, modifiedAtMs }, narrator);
    narrator.say('INFO', `Reading ${name}, ${writeSize(sizeBytes)}${isGzip ? ' of gzip' : ''}`);
    await narrator.flush();
    const progress = new ProgressTeller(run.progress, sizeBytes);
    await progress.start();
    await readAll(run.signal, { source, reading, narrator, progress });
    const whole = buildReport(reading, { name, sizeBytes, isGzip, top, warnings });
    await writeReport(run.output.folder, whole);
    const report = fitReport(whole);
    tellSummary(report, narrator, performance.now() - startedMs);
    await narrator.flush();
    await progress.finish(reading.counts.total);
    return report;
  } finally {
    await source.close();
  }
}

/**
 * Reads chunk by chunk; each await lets a cancellation through.
 * @param {AbortSignal} signal
 * @param {{ source: LogSource, reading: LogReading, narrator: Narrator, progress: ProgressTeller }} parts
 */
async function readAll(signal, { source, reading, narrator, progress }) {
  signal.throwIfAborted();
  for await (const { bytes, position } of source.chunks()) {
    signal.throwIfAborted();
    reading.add(bytes);
    const { counts, figures } = reading;
    const errors = figures.levels.ERROR + figures.levels.FATAL;
    narrator.milestone(position, { lines: counts.total, errors });
    await narrator.flush();
    await progress.advance(position, counts.total);
  }
  signal.throwIfAborted();
  reading.finish();
}
