import { isFinal, statesBefore, type JobStatus } from '#domains/jobs/job-status.js';
import { checkOrder } from './check-followed.ts';
import type { Item } from './history.ts';

/** A step as the database has it; steps without a phase are moves, the others are what the run reported. */
export interface Step extends Item {
  status: JobStatus;
  phase: string | null;
  message: string | null;
}

/** A job as it stands at the end, with all that belongs to it. */
export interface JobTruth {
  id: string;
  status: JobStatus;
  attempts: number;
  failures: number;
  maxAttempts: number;
  /** How many lines of each kind, and how many steps, a whole run tells. */
  count: number;
  /** Where the moves stood when somebody was told that their wish to stop it was noted; null when nobody was. */
  cancelledAt: Date | null;
  lines: readonly Item[];
  steps: readonly Step[];
  /** When each step was told. */
  stepTimes: readonly Date[];
}

/** Whether a job is over and everything that it left is as it must be. */
export function checkJob(job: JobTruth): string[] {
  return [...checkState(job), ...checkMoves(job), ...checkStop(job), ...checkRuns(job)].map((problem) => `job ${job.id}: ${problem}`);
}

function checkState({ status, failures, maxAttempts, steps }: JobTruth): string[] {
  if (!isFinal(status)) return [`it is still ${status}`];
  return [
    ...(steps.at(-1)?.status === status ? [] : [`it is ${status}, and its last step says ${steps.at(-1)?.status}`]),
    ...(status === 'FAILED' && failures < maxAttempts ? [`it was given up after ${failures} of ${maxAttempts} failures`] : []),
  ];
}

const movesOf = ({ steps }: JobTruth): Step[] => steps.filter(({ phase }) => phase === null);

function checkMoves(job: JobTruth): string[] {
  const moves = movesOf(job);
  const illegal = moves.slice(1).flatMap(({ status }, i) => {
    const before = moves[i]!.status;
    return statesBefore(status).includes(before) ? [] : [`it moved from ${before} to ${status}`];
  });
  const begun = moves.filter(({ status }) => status === 'RUNNING').map(({ attempt }) => attempt);
  const failed = moves.filter(({ status }) => status === 'RETRYING' || status === 'FAILED').length;
  const isCounted = begun.length === job.attempts && begun.every((attempt, i) => attempt === i + 1);
  return [
    ...(moves[0]?.status === 'QUEUED' ? [] : [`its first step is ${moves[0]?.status}`]),
    ...illegal,
    // What was handed back counts as no failure.
    ...(failed === job.failures ? [] : [`it counts ${job.failures} failures, and tells of ${failed}`]),
    ...(isCounted ? [] : [`it counts ${job.attempts} attempts, and began ${begun.join(', ') || 'none'}`]),
  ];
}

// A run that was done before it could be told to stop has succeeded; what may not happen is that another one begins, or that it fails.
function checkStop(job: JobTruth): string[] {
  const { cancelledAt, status, steps, stepTimes } = job;
  if (cancelledAt === null || status === 'CANCELLED') return [];
  if (status !== 'SUCCEEDED') return [`it was to be stopped, and is ${status}`];
  const isBegunAnew = steps.some(({ phase, status }, i) => phase === null && status === 'RUNNING' && stepTimes[i]! > cancelledAt);
  return isBegunAnew ? ['it was to be stopped, and was begun anew'] : [];
}

function checkRuns(job: JobTruth): string[] {
  const { lines, steps, attempts, status, count } = job;
  const told = [...lines.map(numbered), ...steps.filter(({ phase }) => phase !== null).map(numbered)];
  const problems = [
    ...checkOrder(lines, 0, lines.length).map((problem) => `line ${problem}`),
    ...checkOrder(steps, 0, steps.length).map((problem) => `step ${problem}`),
    ...outOfTurn(lines, 'line'),
    ...outOfTurn(steps, 'step'),
    ...lines.filter((line) => !numbered(line) && !isOwnFailure(line)).map(({ seq, what }) => `line ${seq} is none of its own: ${what}`),
  ];
  for (let attempt = 1; attempt <= attempts; attempt++)
    for (const kind of ['out', 'err', 'log', 'step']) {
      const numbers = told.filter((each) => each?.attempt === attempt && each.kind === kind).map((each) => ({ seq: each!.number }));
      const whole = status === 'SUCCEEDED' && attempt === attempts ? count : numbers.length;
      problems.push(...checkOrder(numbers, 0, whole).map((problem) => `attempt ${attempt}, ${kind}: ${problem}`));
    }
  return problems;
}

const outOfTurn = (items: readonly Item[], what: string): string[] =>
  items
    .slice(1)
    .flatMap(({ seq, attempt }, i) =>
      attempt < items[i]!.attempt ? [`${what} ${seq} is of attempt ${attempt} and stands behind attempt ${items[i]!.attempt}`] : [],
    );

const isOwnFailure = ({ what }: Item): boolean => what.startsWith('STRUCTURED ERROR Error: chaos:');

function numbered({ attempt, what }: Pick<Item, 'attempt' | 'what'>): { attempt: number; kind: string; number: number } | null {
  const [, kind, number] = /^[A-Z]+ (?:INFO|WARN|counting) (out|err|log|step) (\d+)\b/.exec(what) ?? [];
  return kind === undefined ? null : { attempt, kind, number: Number(number) };
}
