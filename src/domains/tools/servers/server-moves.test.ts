import { expect, test } from 'vitest';
import { McpServerStatus } from './mcp-server.entity.js';
import { nextStatus, type ServerEvent } from './server-moves.js';
import { slugOf } from './slug-of.js';

test('a server moves by these events only', () => {
  const events: ServerEvent[] = ['START', 'STOP', 'SERVABLE', 'EMPTY'];
  const statuses = Object.keys(McpServerStatus.values) as McpServerStatus[];

  expect(Object.fromEntries(statuses.map((status) => [status, events.map((event) => nextStatus(status, event))]))).toEqual({
    IMPORTED: [null, null, 'READY', null],
    READY: ['RUNNING', null, null, 'IMPORTED'],
    RUNNING: [null, 'STOPPED', null, 'ERROR'],
    STOPPED: ['RUNNING', null, null, null],
    ERROR: [null, 'STOPPED', 'RUNNING', null],
  });
});

test.each([
  ['Weather & Maps', 'weather-maps'],
  ['  Café 24 ', 'cafe-24'],
  ['24 hours', 'hours'],
  ['日本', ''],
  ['x'.repeat(80), 'x'.repeat(63)],
])('the name %j makes the slug %j', (name, slug) => {
  expect(slugOf(name)).toBe(slug);
});
