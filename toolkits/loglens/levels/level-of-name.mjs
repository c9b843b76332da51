/** @type {[import('./level.mjs').Level, string[]][]} */
const NAMES = [
  ['FATAL', ['fatal', 'critical', 'crit', 'emergency', 'emerg', 'alert', 'panic', 'dpanic']],
  ['ERROR', ['error', 'err', 'severe', 'fail']],
  ['WARN', ['warning', 'warn']],
  ['INFO', ['information', 'info', 'notice', 'log', 'http', 'config']],
  ['DEBUG', ['debug', 'verbose', 'fine']],
  ['TRACE', ['trace', 'finest', 'finer', 'silly']],
];

/** @type {Map<string, import('./level.mjs').Level>} */
const LEVEL_OF = new Map();
for (const [level, names] of NAMES) {
  for (const name of names) LEVEL_OF.set(name, level).set(name.toUpperCase(), level);
}

/**
 * The level that a word names, in lower, upper or mixed case; undefined when it names none.
 * @param {string} name
 */
export function levelOfName(name) {
  return LEVEL_OF.get(name) ?? LEVEL_OF.get(name.toLowerCase());
}
