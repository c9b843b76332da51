import { PARENTS, ROLE_OF, ROLES } from './json-roles.mjs';

const UNSEEN = 1000;

/**
 * The values that a JSON line has for each field, by the best of its keys.
 * @typedef {Record<string, string | number | boolean | undefined>} JsonFields
 */

/**
 * Finds the fields of a JSON line in one pass over its keys.
 * @param {Record<string, unknown>} object
 * @returns {JsonFields}
 */
export function readJsonFields(object) {
  /** @type {JsonFields} */
  const fields = {};
  collect(object, '', { fields, ranks: new Uint16Array(ROLES.length).fill(UNSEEN) });
  return fields;
}

/**
 * @param {Record<string, unknown>} object
 * @param {string} prefix
 * @param {{ fields: JsonFields, ranks: Uint16Array }} found
 */
function collect(object, prefix, found) {
  for (const key of Object.keys(object)) {
    const name = prefix === '' ? key : prefix + key;
    const value = object[key];
    if (typeof value === 'object') {
      if (value !== null && PARENTS.has(name)) collect(Object(value), `${name}.`, found);
      continue;
    }
    const place = value === '' ? undefined : ROLE_OF.get(name);
    if (place === undefined || place.rank >= (found.ranks[place.role] ?? 0)) continue;
    found.ranks[place.role] = place.rank;
    found.fields[ROLES[place.role] ?? ''] = /** @type {string | number | boolean} */ (value);
  }
}
