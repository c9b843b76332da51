/** Runs in the browser: the bar's buttons. Goes behind the script of the tabs. */
export const barScript = /* js */ `
const element = (id) => document.getElementById(id);
const shown = element('bar-status');

async function graphql(query, variables) {
  const response = await fetch('/graphql', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ query, variables }) });
  const { data, errors } = await response.json();
  if (errors) throw new Error(errors[0].message);
  return data;
}

/** Sends a file and tells how far it is; resolves with the upload. */
const send = (file, tell) => new Promise((resolve, reject) => {
  const request = new XMLHttpRequest();
  const body = new FormData();
  body.append('file', file);
  request.responseType = 'json';
  request.upload.onprogress = ({ loaded, total }) => tell(Math.floor((loaded / total) * 100));
  request.onerror = () => reject(new Error('the connection broke'));
  request.onload = () => {
    const answer = request.response;
    if (answer?.id) resolve(answer);
    else reject(new Error(answer?.errors?.[0].message ?? 'the server answered ' + request.status));
  };
  request.open('POST', '/uploads');
  request.send(body);
});

function button(label, press, isMain = false) {
  const made = Object.assign(document.createElement('button'), { type: 'button', textContent: label });
  made.classList.toggle('main', isMain);
  made.addEventListener('click', async () => {
    made.disabled = true;
    await press(made);
    made.disabled = false;
  });
  return made;
}

function say(text, isWrong = false) {
  const words = Object.assign(document.createElement('span'), { textContent: text });
  words.classList.toggle('wrong', isWrong);
  shown.replaceChildren(words);
}

/** Shows a thing with its id, which can be copied, and buttons. */
function show({ id, text }, buttons) {
  say(text);
  shown.append(Object.assign(document.createElement('code'), { textContent: id }));
  if (navigator.clipboard)
    shown.append(button('Copy the id', async (pressed) => {
      await navigator.clipboard.writeText(id);
      pressed.textContent = 'Copied';
    }));
  shown.append(...buttons);
}

/** GraphiQL reads its tabs when it starts. */
function open(name) {
  remember({ opens: name });
  location.reload();
}

/** Runs the operation of an example and opens the tabs with what it gives. */
async function run(example) {
  const { gives, at, otherwise, opens } = example.button;
  try {
    const data = await graphql(example.query, JSON.parse(filled(example, example.variables)));
    const id = at.split('.').reduce((value, key) => value?.[key], data);
    if (!id) return say(otherwise);
    remember({ [gives]: { id, text: 'The ' + gives }, newest: gives });
    open(opens);
  } catch (error) {
    say('It did not work: ' + error.message, true);
  }
}

function showNewest() {
  const takers = examples.filter((example) => takenOf(example).includes(known.newest));
  const names = takers.map(({ query }) => nameOf(query));
  const runs = takers.filter((example) => example.button).map((example) => button(example.button.label, () => run(example), true));
  show(known[known.newest], runs.length > 0 ? [...runs, button('Open ' + names[0], () => open(names[0]))] : []);
  if (runs.length === 0) shown.append('is filled in: run ' + names.join(', ') + ' with Ctrl-Enter');
}

element('bar-actions').append(
  ...examples.filter((example) => example.button && takenOf(example).length === 0).map((example) => button(example.button.label, () => run(example))),
);
const input = element('bar-file');
element('bar-upload').addEventListener('click', () => input.click());
input.addEventListener('change', async () => {
  const [file] = input.files;
  if (!file) return;
  const tell = (percent) => say('Sending ' + file.name + ' … ' + percent + ' %');
  tell(0);
  try {
    const { id } = await send(file, tell);
    remember({ upload: { id, text: file.name + ' is the upload' }, newest: 'upload' });
    showNewest();
  } catch (error) {
    say(file.name + ' was not sent: ' + error.message, true);
  }
  input.value = '';
});

if (known.newest) showNewest();
graphql('{ me { username } }')
  .then(({ me }) => {
    element('bar-user').textContent = me?.username ?? '';
    if (!me) element('bar-user').append(Object.assign(document.createElement('a'), { href: '/', textContent: 'Sign in' }));
  })
  .catch((error) => say(error.message, true));
`;
