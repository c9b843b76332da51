// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f]/g;

/**
 * Cuts a text for the report and makes it valid JSON text for every reader: no control characters, no half characters.
 * @param {string} text
 * @param {number} longest
 */
export function clip(text, longest) {
  const cut = text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
  return cut.replace(CONTROL, '\uFFFD').toWellFormed();
}
