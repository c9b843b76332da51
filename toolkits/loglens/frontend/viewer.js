// Shows a report. The page has an origin of its own and reaches nothing: what it shows, somebody gives it, by a file or, when it is
// embedded, by a message `{ type: 'loglens.report', report }` after it has said `{ type: 'loglens.ready' }`. Texts of a report are only ever texts.
const reportAt = document.getElementById('report');
const complaintAt = document.getElementById('complaint');

/** An element with a class, a text or children. */
function element(name, { className = '', text, children = [] } = {}) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = String(text);
  made.append(...children);
  return made;
}

/** Rows of a name, a number and a bar that is as long as its share of the largest. */
function bars(rows) {
  const most = Math.max(1, ...rows.map(([, count]) => count));
  const lines = rows.map(([name, count]) => {
    const bar = element('div', { className: 'bar' });
    bar.style.width = `${(count / most) * 100}%`;
    const cells = [element('td', { text: name }), element('td', { text: count.toLocaleString() }), element('td', { children: [bar] })];
    return element('tr', { children: cells });
  });
  return element('table', { children: [element('tbody', { children: lines })] });
}

/** The number of lines in each stretch of time, red where errors are among them. */
function rates({ buckets = [] }) {
  const most = Math.max(1, ...buckets.map(({ lines }) => lines));
  const columns = buckets.map(({ at, lines, errors }) => {
    const column = element('div', { className: errors > 0 ? 'errors' : '' });
    column.style.height = `${(lines / most) * 100}%`;
    column.title = `${at}: ${lines} lines, ${errors} errors`;
    return column;
  });
  return element('div', { className: 'rates', children: columns });
}

const section = (title, content) => element('section', { children: [element('h2', { text: title }), content] });
const counted = (list) => (list?.top ?? []).map(({ template, path, count }) => [template ?? path, count]);

function show(report) {
  if (typeof report?.lines?.total !== 'number') throw new Error('This is no report of loglens.analyze');
  const { file, format, lines, time, levels, messages, errors, requests } = report;
  const facts = [
    `${file?.name ?? 'A log'}: ${lines.total.toLocaleString()} lines`,
    format?.title ?? 'of no known format',
    ...(time?.first ? [`${time.first} to ${time.last}`] : []),
  ];
  const parts = [
    section('Summary', element('p', { text: facts.join(' · ') })),
    section('Levels', bars(Object.entries(levels ?? {}))),
    ...(report.rates?.buckets?.length > 0 ? [section('Lines over time', rates(report.rates))] : []),
    ...(counted(errors).length > 0 ? [section('Errors', bars(counted(errors)))] : []),
    ...(counted(messages).length > 0 ? [section('Messages', bars(counted(messages)))] : []),
    ...(counted(requests?.topPaths).length > 0 ? [section('Paths', bars(counted(requests.topPaths)))] : []),
  ];
  reportAt.replaceChildren(...parts);
}

function tryToShow(read) {
  complaintAt.textContent = '';
  read()
    .then(show)
    .catch((error) => {
      complaintAt.textContent = error.message;
    });
}

const showFile = (file) => file && tryToShow(async () => JSON.parse(await file.text()));

document.getElementById('file').addEventListener('change', ({ target }) => showFile(target.files[0]));
addEventListener('dragover', (event) => event.preventDefault());
addEventListener('drop', (event) => {
  event.preventDefault();
  showFile(event.dataTransfer.files[0]);
});
addEventListener('message', ({ data }) => {
  if (data?.type === 'loglens.report') tryToShow(async () => data.report);
});
if (parent !== self) parent.postMessage({ type: 'loglens.ready' }, '*');
