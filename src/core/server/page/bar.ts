import { icon } from './icon.js';

/** The bar above GraphiQL. */
export const bar = `
<header id="bar">
  ${icon}<strong>Signalbox</strong>
  <button id="bar-upload" type="button">Upload a file</button><input id="bar-file" type="file" aria-label="File to upload" hidden>
  <span id="bar-actions"></span>
  <output id="bar-status"></output>
  <span id="bar-user"></span>
</header>
<style>
  html,body{height:100%}
  body{display:flex;flex-direction:column}
  #root{flex:1;min-height:0}
  #root .graphiql-container{width:100%;height:100%}
  #root .graphiql-logo{display:none}
  #bar{display:flex;flex-wrap:wrap;gap:6px 10px;align-items:center;min-height:44px;padding:4px 16px;box-sizing:border-box;font:14px/1.4 system-ui,sans-serif;background:#24313f;color:#e8eef4}
  #bar button{font:inherit;color:inherit;background:none;border:1px solid #5f7388;border-radius:4px;padding:3px 10px;cursor:pointer}
  #bar button:hover{background:#33455a}
  #bar button:focus-visible,#bar a:focus-visible{outline:2px solid #6cb6ff;outline-offset:1px}
  #bar button.main{background:#1f7a4d;border-color:#1f7a4d}
  #bar button.main:hover{background:#26945e}
  #bar button[disabled]{opacity:.6;cursor:default}
  #bar a{color:inherit}
  #bar-actions{display:contents}
  #bar-status{flex:1;min-width:0;display:flex;flex-wrap:wrap;gap:4px 8px;align-items:center}
  #bar-status code{font:12px ui-monospace,monospace;background:#16202c;border-radius:4px;padding:3px 6px;user-select:all}
  #bar-status .wrong{color:#ffb3ad}
</style>`;
