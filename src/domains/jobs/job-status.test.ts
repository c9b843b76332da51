import { expect, test } from 'vitest';
import { isFinal, JobStatus, statesBefore } from './job-status.js';

const states = Object.keys(JobStatus.values) as JobStatus[];

test.each<[JobStatus, JobStatus[]]>([
  ['WAITING_APPROVAL', []],
  ['QUEUED', ['WAITING_APPROVAL', 'RUNNING']],
  ['RUNNING', ['QUEUED', 'RETRYING']],
  ['RETRYING', ['RUNNING']],
  ['SUCCEEDED', ['RUNNING']],
  ['FAILED', ['RUNNING', 'RETRYING']],
  ['CANCELLED', ['WAITING_APPROVAL', 'QUEUED', 'RUNNING', 'RETRYING']],
])('a job becomes %s only from %j', (to, from) => {
  expect(statesBefore(to).sort()).toEqual([...from].sort());
});

test('the table above names every state', () => {
  expect(states).toEqual(['WAITING_APPROVAL', 'QUEUED', 'RUNNING', 'RETRYING', 'SUCCEEDED', 'FAILED', 'CANCELLED']);
});

test('nothing follows success, failure and cancellation, and something follows every other state', () => {
  expect(states.filter(isFinal)).toEqual(['SUCCEEDED', 'FAILED', 'CANCELLED']);
});

test('no state follows itself', () => {
  expect(states.filter((state) => statesBefore(state).includes(state))).toEqual([]);
});
