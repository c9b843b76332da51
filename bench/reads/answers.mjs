import { deepStrictEqual, equal, ok } from 'node:assert/strict';
import { ask } from './ask.mjs';

/**
 * Asks every target each query once and makes sure that all answer with the same fields of the same rows in the same order, that these
 * are as many as they should be, and that the row policy takes effect exactly when it should. Returns the answers of each target.
 */
export async function checkAnswers(targets, { withPolicy }) {
  const answers = {};
  for (const [name, { requests }] of Object.entries(targets)) {
    answers[name] = {};
    for (const [query, request] of Object.entries(requests)) answers[name][query] = await ask(request);
  }
  const [[firstName, first], ...others] = Object.entries(answers);
  expectWhole(first, withPolicy);
  for (const [name, answer] of others)
    for (const query of Object.keys(first)) {
      expectSame(answer[query].data, first[query].data, `"${query}" of ${name} (+) and of ${firstName} (-)`);
    }
  return answers;
}

function expectWhole({ nested, flat, lookup, deep }, withPolicy) {
  const devices = nested.data.devices.nodes;
  equal(devices.length, 20, 'devices in the nested read');
  for (const device of devices) equal(device.bookings.nodes.length, 5, `bookings of ${device.label}`);
  equal(flat.data.devices.nodes.length, 100, 'devices in the flat list');
  equal(lookup.data.device.id, flat.data.devices.nodes[49].id, 'the device looked up');
  equal(deep.data.devices.nodes.length, 20, 'devices in the deep page');
  ok(
    deep.data.devices.nodes.every(({ status }) => status === 'READY'),
    'every device of the deep page is ready',
  );
  ok(flat.data.devices.pageInfo.hasNextPage && deep.data.devices.pageInfo.hasNextPage, 'the pages are not the last ones');
  const broken = flat.data.devices.nodes.filter(({ status }) => status === 'BROKEN').length;
  if (withPolicy) ok(broken > 0 && broken < 15, `the caller sees some broken devices, not all: ${broken} in the flat list`);
  else equal(broken, 15, 'broken devices in the flat list');
}

// The answers differ in how they spell times, and in their cursors, which are opaque.
function expectSame(actual, expected, message) {
  try {
    deepStrictEqual(normalise(actual), normalise(expected));
  } catch (error) {
    throw new Error(`The answers differ, ${message}: ${error.message}`, { cause: error });
  }
}

const time = /^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/;

function normalise(value, key) {
  if (key === 'endCursor') return typeof value;
  if (typeof value === 'string') return time.test(value) ? Date.parse(value) : value;
  if (Array.isArray(value)) return value.map((item) => normalise(item));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, normalise(item, name)]));
}
