import { renderGraphiQL } from '@graphql-yoga/render-graphiql';

/** An operation that a tab of GraphiQL shows at first. */
export interface ExampleTab {
  query: string;
  variables?: string;
}

const bar = `
<div id="signalbox" style="display:flex;gap:12px;align-items:center;height:40px;padding:0 16px;font:14px system-ui,sans-serif;background:#16202c;color:#e8eef4">
  <strong>Signalbox</strong>
  <label style="cursor:pointer;border:1px solid #54677a;border-radius:4px;padding:3px 10px">Upload a file<input id="signalbox-file" type="file" hidden></label>
  <output id="signalbox-upload" style="flex:1;font-family:ui-monospace,monospace"></output>
  <span id="signalbox-user"></span>
</div>
<style>#root{height:calc(100vh - 40px)!important}</style>
<script>
  const upload = document.querySelector('#signalbox-upload');
  document.querySelector('#signalbox-file').addEventListener('change', async ({ target }) => {
    const [file] = target.files;
    if (!file) return;
    upload.textContent = 'Sending ' + file.name + ' …';
    const body = new FormData();
    body.append('file', file);
    const answer = await (await fetch('/uploads', { method: 'POST', body })).json().catch(() => ({ errors: [{ message: 'the server gave no answer' }] }));
    upload.textContent = answer.id ? file.name + ' is the upload ' + answer.id + ' (copied)' : 'Not sent: ' + answer.errors[0].message;
    if (answer.id) navigator.clipboard?.writeText(answer.id).catch(() => {});
    target.value = '';
  });
  fetch('/graphql', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ query: '{ me { username } }' }) })
    .then((answer) => answer.json())
    .then(({ data }) => { document.querySelector('#signalbox-user').textContent = data?.me?.username ?? 'not signed in'; });
</script>`;

/** The page at `/`: GraphiQL with a bar to upload files; everything comes from this server. */
export function graphiqlPage(tabs: readonly ExampleTab[]): string {
  const page = renderGraphiQL({
    title: 'Signalbox',
    endpoint: '/graphql',
    subscriptionsProtocol: 'WS',
    credentials: 'same-origin',
    defaultTabs: tabs,
  } as never);
  return page.replace(/(<body[^>]*>)/, (body) => `${body}${bar}`);
}
