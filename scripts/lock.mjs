import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { inProject, isAlive } from './project.mjs';

const folder = inProject('.build.lock');
const ageOfAnyLockMs = 30 * 60_000;

/** Does some work while no other command of this project installs or builds; a lock whose holder died is taken over. */
export async function withLock(work) {
  let isAnnounced = false;
  while (!tryLock()) {
    if (breakWhenStale()) continue;
    if (!isAnnounced) console.log('Another command is installing or building; waiting for it ...');
    isAnnounced = true;
    await wait(200);
  }
  const release = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', release);
  try {
    return await work();
  } finally {
    process.off('exit', release);
    release();
  }
}

// The folder gets its name with the holder's pid already in it, so nobody ever sees a lock without a holder.
function tryLock() {
  const own = `${folder}-${process.pid}`;
  rmSync(own, { recursive: true, force: true });
  mkdirSync(own);
  writeFileSync(`${own}/pid`, String(process.pid));
  try {
    renameSync(own, folder);
    return true;
  } catch (error) {
    rmSync(own, { recursive: true, force: true });
    if (error.code === 'ENOTEMPTY' || error.code === 'EEXIST') return false;
    throw error;
  }
}

// Moved aside first, because between the look and the removal somebody else may have broken it and taken it anew.
function breakWhenStale() {
  if (!isStale(folder)) return false;
  const aside = `${folder}-${process.pid}`;
  try {
    renameSync(folder, aside);
    if (isStale(aside)) rmSync(aside, { recursive: true, force: true });
    else renameSync(aside, folder);
    return true;
  } catch (error) {
    if (error.code === 'ENOENT') return true;
    throw error;
  }
}

function isStale(lock) {
  try {
    const isOld = Date.now() - statSync(lock).mtimeMs > ageOfAnyLockMs;
    return isOld || !isAlive(Number(readFileSync(`${lock}/pid`, 'utf8')));
  } catch (error) {
    if (error.code === 'ENOENT') return false;
    throw error;
  }
}
