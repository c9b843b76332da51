/** What a sealed text is bound to, such as a table, an id and a name: each part with its length, so that no two lists look the same. */
export const boundTo = (...parts: readonly string[]): string => parts.map((part) => `${Buffer.byteLength(part)}:${part}`).join('');
