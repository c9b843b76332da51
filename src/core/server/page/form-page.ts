import { withContentPolicy } from './content-policy.js';
import { icon, iconUrl } from './icon.js';

/** Text as it stands in HTML, also between the quotes of an attribute. */
export const escaped = (text: string): string => text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);

const style = `
  body{font:16px/1.5 system-ui,sans-serif;background:#f2f5f8;color:#16202c;display:grid;place-items:center;min-height:100vh;margin:0}
  form{background:#fff;border:1px solid #d5dde5;border-radius:8px;padding:32px;width:320px;display:grid;gap:14px}
  h1{font-size:20px;margin:0;display:flex;gap:10px;align-items:center}label{display:grid;gap:4px}label[hidden]{display:none}
  input,button{font:inherit;padding:8px;border:1px solid #b7c3cf;border-radius:4px}
  button{background:#16202c;color:#fff;cursor:pointer}button[disabled]{opacity:.6}
  select{font:inherit;padding:8px;border:1px solid #b7c3cf;border-radius:4px;background:#fff}
  a{display:block;text-align:center;padding:8px;border:1px solid #16202c;border-radius:4px;color:#16202c;text-decoration:none}
  a.plain{display:inline;padding:0;border:0;text-decoration:underline}
  p{margin:0;font-size:14px;color:#54677a}
  output{background:#eef3f7;border-radius:4px;padding:8px 10px;font-size:14px}output:empty{display:none}
  output.problem{color:#b3261e;background:#fdecea}`;

/** A page with one form. */
export interface FormPage {
  /** What the window is called. */
  title: string;
  heading: string;
  /** HTML of what the form has below its heading. */
  content: string;
  /** What runs in the browser, behind the form. */
  script?: string;
  /** The path to which the browser itself sends the form; without one, the script sends it. */
  postsTo?: string;
}

/** The HTML of a page with one form, as all pages look beside GraphiQL. */
export function formPage({ title, heading, content, script, postsTo }: FormPage): string {
  // A browser says where a form comes from only when it may tell at least the origin.
  const posts = postsTo === undefined ? '' : '<meta name="referrer" content="strict-origin">';
  const page = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width">${posts}<title>${title} · Signalbox</title>
<link rel="icon" href="${iconUrl}"><style>${style}
</style></head>
<body><form${postsTo === undefined ? '' : ` method="post" action="${postsTo}"`}>
  <h1>${icon}${heading}</h1>
  ${content}
</form>
${script === undefined ? '' : `<noscript>This page needs JavaScript.</noscript><script>${script}</script>`}</body></html>`;
  return withContentPolicy(page, { maySendForms: postsTo !== undefined });
}
