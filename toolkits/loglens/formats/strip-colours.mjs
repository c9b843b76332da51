// oxlint-disable-next-line no-control-regex -- the escape character is what begins a colour
const COLOUR = /\u001b\[[0-9;]*m/g;

/**
 * Takes the terminal colours out of a line.
 * @param {string} line
 */
export function stripColours(line) {
  return line.includes('\u001b') ? line.replace(COLOUR, '') : line;
}
