import { expect, test } from 'vitest';
import type { JobStatus } from '#domains/jobs/job-status.js';
import { checkJob, type JobTruth, type Step } from './check-job.ts';
import type { Item } from './history.ts';

const at = (second: number): Date => new Date(Date.UTC(2026, 0, 1, 0, 0, second));
type Told = [status: JobStatus, attempt: number, step?: number];

const steps = (...told: Told[]): Step[] =>
  told.map(([status, attempt, step], i) => {
    const [phase, message] = step === undefined ? [null, 'moved'] : ['counting', `step ${step}`];
    return { seq: i + 1, attempt, status, phase, message, what: `${status} ${phase} ${message}` };
  });
const lines = (...told: [attempt: number, number: number][]): Item[] =>
  told.map(([attempt, number], i) => ({ seq: i + 1, attempt, what: `STDOUT INFO out ${number}` }));

/** A job whose first attempt was interrupted after one of two lines; `out` is the only kind that it prints here. */
const aJob = (more: Partial<JobTruth> = {}): JobTruth => {
  const all = steps(
    ['QUEUED', 0],
    ['RUNNING', 1],
    ['RUNNING', 1, 1],
    ['RETRYING', 1],
    ['RUNNING', 2],
    ['RUNNING', 2, 1],
    ['RUNNING', 2, 2],
    ['SUCCEEDED', 2],
  );
  const told = lines([1, 1], [2, 1], [2, 2]).flatMap((line) =>
    ['out', 'err', 'log'].map((kind) => ({ ...line, what: `STDOUT INFO ${kind} ${line.what.at(-1)}` })),
  );
  return {
    id: 'j',
    status: 'SUCCEEDED',
    attempts: 2,
    failures: 1,
    maxAttempts: 4,
    count: 2,
    cancelledAt: null,
    lines: told.map((line, i) => ({ ...line, seq: i + 1 })),
    steps: all,
    stepTimes: (more.steps ?? all).map((_, i) => at(i)),
    ...more,
  };
};
const check = (job: JobTruth): string[] => checkJob(job).map((problem) => problem.replace('job j: ', ''));
/** The lines of a good job, with some changed. */
const changed = (change: (good: Item[]) => Item[]): Item[] => change([...aJob().lines]).map((line, i) => ({ ...line, seq: i + 1 }));

test('a job that was interrupted and then succeeded is as it must be', () => {
  expect(check(aJob())).toEqual([]);
});

test('a job that is not over is named', () => {
  expect(check(aJob({ status: 'RUNNING' }))).toContain('it is still RUNNING');
});

test('a state that is not what the last step says is named', () => {
  expect(check(aJob({ status: 'CANCELLED' }))).toEqual(['it is CANCELLED, and its last step says SUCCEEDED']);
});

test('a move that is not legal is named', () => {
  const wrong = steps(
    ['QUEUED', 0],
    ['RUNNING', 1],
    ['RUNNING', 1, 1],
    ['RUNNING', 2],
    ['RUNNING', 2, 1],
    ['RUNNING', 2, 2],
    ['SUCCEEDED', 2],
  );

  expect(check(aJob({ steps: wrong, failures: 0 }))).toEqual(['it moved from RUNNING to RUNNING']);
});

test('attempts that were begun and not counted are named', () => {
  expect(check(aJob({ attempts: 3 }))).toContain('it counts 3 attempts, and began 1, 2');
});

test('failures that are counted and not told of are named', () => {
  expect(check(aJob({ failures: 2 }))).toEqual(['it counts 2 failures, and tells of 1']);
});

test('a hole in an interrupted attempt is named', () => {
  const holed = changed((good) => good.map((line) => (line.attempt === 1 ? { ...line, what: line.what.replace('out 1', 'out 2') } : line)));

  expect(check(aJob({ lines: holed }))).toEqual(['attempt 1, out: 1 to 1 are missing before 2']);
});

test('a successful attempt that does not have everything is named', () => {
  expect(check(aJob({ lines: changed((good) => good.slice(0, -1)) }))).toEqual(['attempt 2, log: 2 to 2 never came']);
});

test('a line that an attempt printed twice is named', () => {
  expect(check(aJob({ lines: changed((good) => [...good, good.at(-1)!]) }))).toEqual(['attempt 2, log: 2 came twice']);
});

test('a line of an old attempt behind one of a newer attempt is named', () => {
  const late = changed((good) => [...good, { ...good[0]!, what: 'STDOUT INFO out 2' }]);

  expect(check(aJob({ lines: late }))).toEqual(['line 10 is of attempt 1 and stands behind attempt 2']);
});

test('a line that the job did not print is named, unless it tells why the attempt failed', () => {
  const line = (what: string): Item[] => changed((good) => [...good, { seq: 0, attempt: 2, what }]);

  expect(check(aJob({ lines: line('STRUCTURED ERROR Error: chaos: on purpose') }))).toEqual([]);
  expect(check(aJob({ lines: line('STDERR WARN something else') }))).toEqual(['line 10 is none of its own: STDERR WARN something else']);
});

test('a job that was given up too early is named', () => {
  const failed = steps(
    ['QUEUED', 0],
    ['RUNNING', 1],
    ['RUNNING', 1, 1],
    ['RETRYING', 1],
    ['RUNNING', 2],
    ['RUNNING', 2, 1],
    ['RUNNING', 2, 2],
    ['FAILED', 2],
  );

  expect(check(aJob({ status: 'FAILED', failures: 2, maxAttempts: 2, steps: failed }))).toEqual([]);
  expect(check(aJob({ status: 'FAILED', failures: 2, steps: failed }))).toEqual(['it was given up after 2 of 4 failures']);
});

test('a job that somebody was told would be stopped, and that was begun anew or failed, is named', () => {
  expect(check(aJob({ cancelledAt: at(5) }))).toEqual([]);
  expect(check(aJob({ cancelledAt: at(3) }))).toEqual(['it was to be stopped, and was begun anew']);
  const failed = aJob().steps.map((step) => (step.status === 'SUCCEEDED' ? { ...step, status: 'FAILED' as const } : step));
  expect(check(aJob({ status: 'FAILED', failures: 2, maxAttempts: 2, steps: failed, cancelledAt: at(5) }))).toEqual([
    'it was to be stopped, and is FAILED',
  ]);
});
