// Puts things into source texts as prettier formats them. Each function returns the new text, or null when it finds no place.

/** Imports a name; a type is imported as one, and a statement that is there already is extended. */
export function addImport(text, name, from, isType = false) {
  const statements = [...text.matchAll(/^import (type )?(\{([^}]*)\} from )?'([^']+)';$/gm)];
  if (statements.length === 0) return null;
  const known = statements.find(([, type, , names, path]) => path === from && names !== undefined && Boolean(type) === isType);
  if (known) {
    const names = known[3].split(',').map((each) => each.trim());
    if (names.includes(name)) return text;
    const all = [...names.filter((each) => each !== ''), name].sort((a, b) => a.localeCompare(b));
    return splice(text, known.index, known[0].length, `import ${isType ? 'type ' : ''}{ ${all.join(', ')} } from '${from}';`);
  }
  const own = `import ${isType ? 'type ' : ''}{ ${name} } from '${from}';`;
  const next = statements.find(([, , , , path]) => isAfter(path, from));
  if (next) return splice(text, next.index, 0, `${own}\n`);
  const last = statements.at(-1);
  return splice(text, last.index + last[0].length, 0, `\n${own}`);
}

/** Adds an element to the array literal that begins at the end of the first match. */
export function addToArray(text, opening, element) {
  const match = opening.exec(text);
  if (!match?.[0].endsWith('[')) return null;
  const end = text.indexOf(']', match.index + match[0].length);
  if (end < 0) return null;
  const before = text.slice(0, end).trimEnd();
  const separator = before.endsWith('[') || before.endsWith(',') ? '' : ',';
  return `${before}${separator} ${element}${text.slice(end)}`;
}

/** Adds an element to a list that the `Domain` of a domain.ts holds. */
export function addToDomain(text, property, element) {
  const literal = new RegExp(`\\b${property}: \\[`);
  if (literal.test(text)) return addToArray(text, literal, element);
  const named = new RegExp(`\\b${property}: (\\w+)`);
  if (named.test(text)) return text.replace(named, `${property}: [...$1, ${element}]`);
  const domain = /: Domain = \{([\s\S]*?[^\s,]),?\s*\};\n/.exec(text);
  return domain && splice(text, domain.index, domain[0].length, `: Domain = {${domain[1]}, ${property}: [${element}] };\n`);
}

/** Adds an entry to the object literal of a constant. */
export function addEntry(text, constant, entry) {
  const match = new RegExp(`\\bconst ${constant}\\b[^=]*= \\{\\n([^}]*?),?\\n\\};`).exec(text);
  return match && splice(text, match.index + match[0].length - 2, 0, `  ${entry},\n`);
}

/** Adds a method to the end of the only class of a file. */
export function addMethod(text, method) {
  if (text.match(/^export class /gm)?.length !== 1 || !text.endsWith('\n}\n')) return null;
  return `${text.slice(0, -2)}\n${method}}\n`;
}

/** Adds an entry, which may be of any depth, to the object literal that ends the file and has this type; returns null when there is none. */
export function addToLastObject(text, type, entry) {
  if (!new RegExp(`^export const \\w+: ${type} = \\{$`, 'm').test(text) || !text.endsWith('\n};\n')) return null;
  return `${text.slice(0, -'};\n'.length)}${entry}};\n`;
}

const splice = (text, at, length, replacement) => text.slice(0, at) + replacement + text.slice(at + length);

// Packages come first, then core, then other domains, then the domain's own files.
const rank = (path) => ['#core/', '#domains/', '.'].findIndex((start) => path.startsWith(start));
const isAfter = (path, other) => rank(path) > rank(other) || (rank(path) === rank(other) && path > other);
