/** A number that the environment sets. */
export const numberSetting = (name, fallback) => numbersSetting(name, [fallback])[0];

/** Numbers that the environment sets, separated by commas. */
export function numbersSetting(name, fallback) {
  const numbers = process.env[name]?.split(',').map(Number) ?? fallback;
  if (numbers.some((number) => !Number.isFinite(number))) throw new Error(`${name} must be numbers, not "${process.env[name]}"`);
  return numbers;
}

/** Words of a list that the environment chooses, separated by commas. */
export function wordsSetting(name, known) {
  const wanted = process.env[name]?.split(',').map((word) => word.trim()) ?? known;
  const unknown = wanted.find((word) => !known.includes(word));
  if (unknown !== undefined) throw new Error(`${name} knows ${known.join(', ')}, not "${unknown}"`);
  return known.filter((word) => wanted.includes(word));
}
