import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { leave } from './leave.mjs';
import { burn, hoard, open } from './greed.mjs';
import { peek } from './peek.mjs';

/** Registers the operations of this toolkit. */
export function register(toolkit) {
  toolkit.operation('print', print);
  toolkit.operation('wait', wait);
  toolkit.operation('fail', fail);
  toolkit.operation('alone', hold);
  toolkit.operation('lane', hold);
  toolkit.operation('exit', () => process.exit(3));
  toolkit.operation('spin', spin);
  toolkit.operation('limited', spin);
  toolkit.operation('hunger', hunger);
  toolkit.operation('flood', flood);
  toolkit.operation('peek', peek);
  toolkit.operation('tell', tell);
  toolkit.operation('night', () => null);
  toolkit.operation('strict', () => null);
  toolkit.operation('chatter', chatter);
  toolkit.operation('steps', steps);
  toolkit.operation('hoard', hoard);
  toolkit.operation('burn', burn);
  toolkit.operation('open', open);
  toolkit.operation('leave', leave);
}

async function print({ parameters: { lines, delayMs = 0, holdAt }, files: { flag }, progress, log, signal }) {
  for (let i = 1; i <= lines; i++) {
    while (i === holdAt && !saysGo(flag)) await pause(20, null, { signal });
    signal.throwIfAborted();
    process.stdout.write(`out ${i}\n`);
    process.stderr.write(`err ${i}\n`);
    await log('INFO', `log ${i}`, { i });
    await progress({ status: 'printing', message: `printed ${i}`, progress: (i / lines) * 100, payload: { pid: process.pid, i } });
    if (delayMs > 0) await pause(delayMs, null, { signal });
  }
  return { zeta: lines, alpha: { last: `out ${lines}`, first: 'out 1' }, Mike: [3, 1, 2] };
}

async function wait({ files: { flag }, progress, signal }) {
  for (let round = 1; ; round++) {
    await progress({ status: 'waiting', message: `round ${round}`, payload: { pid: process.pid } });
    if (flag && saysGo(flag)) return { rounds: round };
    await pause(50, null, { signal });
  }
}

const saysGo = ({ path }) => readFileSync(path, 'utf8').startsWith('go');

// Milliseconds of a clock that all processes of a machine share and that nobody sets back.
const clock = () => Number(process.hrtime.bigint() / 1_000_000n);

async function hold({ parameters: { holdMs = 0 }, files, progress, signal }) {
  const began = clock();
  await progress({ status: 'holding', payload: { pid: process.pid } });
  await pause(holdMs, null, { signal });
  while (files?.flag && !saysGo(files.flag)) await pause(20, null, { signal });
  return { began, ended: clock() };
}

async function fail({ parameters: { message = 'it broke on purpose' } }) {
  process.stdout.write('about to fail\n');
  throw new Error(message);
}

async function spin({ progress }) {
  await progress({ status: 'spinning', payload: { pid: process.pid } });
  for (;;);
}

async function hunger({ progress }) {
  await progress({ status: 'eating', payload: { pid: process.pid } });
  const eaten = [];
  for (;;) eaten.push(Array.from({ length: 100_000 }, (_, i) => ({ i })));
}

function flood({ parameters: { lines = 50_000 } }) {
  for (let i = 1; i <= lines; i++) process.stdout.write(`line ${i}\n`);
  return { lines };
}

async function tell({ parameters: { script }, progress, log }) {
  const { steps = [], logs = [], prints = [], repeat = 1, result = null } = JSON.parse(script);
  for (const line of prints) process.stdout.write(`${line.repeat(repeat)}\n`);
  for (const [level, text, fields, times = 1] of logs) await log(level, text.repeat(times), fields);
  for (const step of steps) await progress(step);
  return result;
}

async function chatter({ parameters: { lines, fails = false, logs = false }, log }) {
  for (let i = 1; i <= lines; i++) {
    const line = String(i).padStart(10, '0');
    if (logs) await log('INFO', line, { i: 1 });
    else process.stdout.write(`${line}\n`);
  }
  if (fails) throw Object.assign(new Error('as asked'), { stack: '' });
  return null;
}

async function steps({ parameters: { steps: many }, progress }) {
  for (let i = 1; i <= many; i++) await progress({ status: 'running', message: `step ${i}`, progress: (i / many) * 100 });
  return null;
}
