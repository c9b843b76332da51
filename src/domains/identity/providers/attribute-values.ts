import type { Entry } from 'ldapts';

const binary: ReadonlySet<string> = new Set(['objectguid', 'objectsid', 'guid']);

/** Whether the values of an attribute are bytes and no texts. */
export const isBinary = (attribute: string): boolean => binary.has(attribute.toLowerCase());

/** The values of an attribute of an entry, bytes in hex; names of attributes have no case. */
export function attributeValues(entry: Entry, attribute: string): string[] {
  const [, value = []] = Object.entries(entry).find(([name]) => name.toLowerCase() === attribute.toLowerCase()) ?? [];
  return [value]
    .flat()
    .map((each) => (typeof each === 'string' ? each : each.toString('hex')))
    .filter((each) => each !== '');
}
