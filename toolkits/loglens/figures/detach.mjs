/**
 * Copies a string, because a slice of a line would keep the whole block of lines in memory.
 * Joining and slicing again is what makes V8 copy the characters.
 * @param {string} text
 */
export function detach(text) {
  return ` ${text}`.slice(1);
}
