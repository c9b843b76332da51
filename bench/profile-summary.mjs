import { readFileSync } from 'node:fs';
import { markdownTable } from './markdown.mjs';

const shown = 25;

/** What a process spent its time on, by package or file and by function: shares of all that was neither idle nor the profiler's own. */
export function summarizeProfile(file) {
  const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(file, 'utf8'));
  const byId = new Map(nodes.map((node) => [node.id, node.callFrame]));
  const parts = new Map();
  const functions = new Map();
  let total = 0;
  samples.forEach((id, i) => {
    const frame = byId.get(id);
    if (frame.functionName === '(idle)' || frame.functionName === '(root)' || frame.url.startsWith('node:inspector')) return;
    total += timeDeltas[i];
    add(parts, partOf(frame), timeDeltas[i]);
    add(functions, `${frame.functionName || '(anonymous)'} ${placeOf(frame)}`, timeDeltas[i]);
  });
  const table = (title, sums) =>
    markdownTable(
      [title, 'share'],
      [...sums]
        .toSorted((a, b) => b[1] - a[1])
        .slice(0, shown)
        .map(([name, time]) => [name, `${((time / total) * 100).toFixed(1)} %`]),
    );
  return `${table('part', parts)}\n\n${table('function', functions)}`;
}

const add = (sums, key, time) => sums.set(key, (sums.get(key) ?? 0) + time);

function partOf({ functionName, url }) {
  const found = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url);
  if (found) return found[1];
  if (url.startsWith('node:')) return url.split('/').slice(0, 3).join('/');
  if (url.includes('/dist/src/')) return url.slice(url.indexOf('/dist/src/') + 6).replace(/\.js$/, '');
  return url === '' ? functionName : url.split('/').at(-1);
}

function placeOf({ url, lineNumber }) {
  if (url === '') return '';
  return `${url.replace(/^.*\/(dist|node_modules)\//, '').replace(/^file:.*\//, '')}:${lineNumber + 1}`;
}
