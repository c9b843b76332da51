import { expect, test } from 'vitest';
import { guessLevel } from './guess-level.mjs';
import { levelOfName } from './level-of-name.mjs';
import { levelOfNumber } from './level-of-number.mjs';

test.for([
  ['ERROR: disk full', 'ERROR'],
  ['[error] disk full', 'ERROR'],
  ['<Warning> low', 'WARN'],
  ['a WARN b', 'WARN'],
  ['level=error msg=x', 'ERROR'],
  ['CRITICAL:root:x', 'FATAL'],
  ['no error occurred', undefined],
  ['Error in sentence', undefined],
  ['ERR_CONNECTION_RESET', undefined],
  ['0 ERRORS', undefined],
  [`${'x'.repeat(300)} ERROR`, undefined],
])('the level of "%s" is guessed', ([line, level]) => {
  expect(guessLevel(line)).toBe(level);
});

test('names of levels are known in any case', () => {
  expect(['info', 'Warning', 'ERR', 'notice', 'dpanic', 'blue'].map(levelOfName)).toEqual([
    'INFO',
    'WARN',
    'ERROR',
    'INFO',
    'FATAL',
    undefined,
  ]);
});

test('numbers are levels of pino from 10 and severities of syslog below', () => {
  expect([10, 20, 30, 35, 40, 50, 60].map(levelOfNumber)).toEqual(['TRACE', 'DEBUG', 'INFO', 'INFO', 'WARN', 'ERROR', 'FATAL']);
  expect([0, 3, 4, 6, 7].map(levelOfNumber)).toEqual(['FATAL', 'ERROR', 'WARN', 'INFO', 'DEBUG']);
});
