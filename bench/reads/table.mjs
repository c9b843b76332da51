import { markdownTable } from '../markdown.mjs';
import { median } from '../median.mjs';
import { titles } from './targets.mjs';

/**
 * One row per query and, for each target, the median of its requests per second, of its ratio to the reference in the same round, and of
 * the CPU it took: milliseconds of the server + of the database per request.
 */
export function makeTable({ measured, targets, reference }) {
  const head = ['query', ...targets.flatMap((name) => [`${titles[name]}: requests/s`, `ratio to ${titles[reference]}`, 'CPU ms/request'])];
  const rows = Object.entries(measured).map(([query, rounds]) => [
    queryTitles[query],
    ...targets.flatMap((name) => cellsOf(rounds, name, reference)),
  ]);
  return markdownTable(head, rows);
}

const queryTitles = {
  nested: 'nested read',
  flat: 'flat list of 100',
  lookup: 'single lookup',
  deep: 'deep page of a filtered list',
};

function cellsOf(rounds, name, reference) {
  const medianOf = (read) => median(rounds.map(read));
  const server = medianOf((round) => round[name].serverCpuMs);
  const database = medianOf((round) => round[name].databaseCpuMs);
  return [
    Math.round(medianOf((round) => round[name].rate)).toLocaleString('en'),
    medianOf((round) => round[name].rate / round[reference].rate).toFixed(2),
    `${server.toFixed(2)} + ${database.toFixed(2)}`,
  ];
}
