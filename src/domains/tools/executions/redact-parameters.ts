/** What stands in the place of a secret. */
export const redacted = '[redacted]';

const secretName =
  /pass(word|wd|phrase|code)|secret|token|api[-_ ]?key|access[-_ ]?key|private[-_ ]?key|credential|authorization|cookie|\bpin\b|\botp\b|\bpwd\b/i;

/** Parameters as they may be shown, and the texts that were taken out. */
export interface RedactedParameters {
  shown: unknown;
  secrets: string[];
}

/**
 * Takes out of parameters what looks like a secret by its name, and what the schema says is one: `x-secret: true`, `writeOnly: true` or
 * the format `password`, also in what it refers to and in its alternatives.
 */
export function redactParameters(parameters: unknown, schema: object | null): RedactedParameters {
  const secrets: string[] = [];
  return { shown: shownOf(parameters, partsOf([schema], schema), { root: schema, secrets }), secrets };
}

type Schema = Record<string, unknown>;

/** The schema in which references point, and where the texts go that are taken out. */
interface Place {
  root: object | null;
  secrets: string[];
}

function shownOf(value: unknown, schemas: readonly Schema[], place: Place): unknown {
  if (value === null || typeof value === 'boolean') return value;
  if (schemas.some(isSecret)) return takeOut(value, place.secrets);
  if (Array.isArray(value)) {
    const first = Math.max(0, ...schemas.map(({ prefixItems }) => listOf(prefixItems).length));
    const rest = partsOf(
      schemas.map(({ items }) => items),
      place.root,
    );
    return value.map((each, i) => {
      const own =
        i < first
          ? partsOf(
              schemas.map(({ prefixItems }) => listOf(prefixItems)[i]),
              place.root,
            )
          : [];
      return shownOf(each, [...own, ...rest], place);
    });
  }
  if (typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => {
      const isTaken = each !== null && typeof each !== 'boolean' && secretName.test(name);
      const own = (): Schema[] =>
        partsOf(
          schemas.flatMap((schema) => propertyOf(schema, name)),
          place.root,
        );
      return [name, isTaken ? takeOut(each, place.secrets) : shownOf(each, own(), place)];
    }),
  );
}

const isSecret = (schema: Schema): boolean => schema['x-secret'] === true || schema.writeOnly === true || schema.format === 'password';

function takeOut(value: unknown, secrets: string[]): string {
  noteTexts(value, secrets);
  return redacted;
}

function noteTexts(value: unknown, secrets: string[]): void {
  if (typeof value === 'string' || typeof value === 'number') secrets.push(String(value));
  else if (typeof value === 'object' && value !== null) for (const each of Object.values(value)) noteTexts(each, secrets);
}

/** What says something of a property: its own schema, or those of patterns and of all others, whichever of them it would be. */
function propertyOf({ properties, patternProperties, additionalProperties }: Schema, name: string): unknown[] {
  const own = isObject(properties) && Object.hasOwn(properties, name) ? properties[name] : undefined;
  return own === undefined ? [...Object.values(isObject(patternProperties) ? patternProperties : {}), additionalProperties] : [own];
}

/** Schemas with all that they are put together of: what they refer to, and each alternative. */
function partsOf(schemas: readonly unknown[], root: object | null): Schema[] {
  const parts = new Set<Schema>();
  const waiting = [...schemas];
  while (waiting.length > 0) {
    const schema = waiting.pop();
    if (!isObject(schema) || parts.has(schema)) continue;
    parts.add(schema);
    const { $ref, allOf, anyOf, oneOf, then, else: otherwise } = schema;
    waiting.push(...[allOf, anyOf, oneOf].flatMap(listOf), then, otherwise, referredBy($ref, root));
  }
  return [...parts];
}

/** What a reference within the same schema points at. */
function referredBy(reference: unknown, root: object | null): unknown {
  if (typeof reference !== 'string' || !/^#(\/|$)/.test(reference)) return undefined;
  const steps = reference.slice(1).split('/').slice(1);
  return steps.reduce<unknown>((at, step) => {
    const name = decodeStep(step);
    return typeof at === 'object' && at !== null && Object.hasOwn(at, name) ? (at as Schema)[name] : undefined;
  }, root);
}

function decodeStep(step: string): string {
  const plain = /%(?![0-9a-f]{2})/i.test(step)
    ? step
    : step.replaceAll(/(%[0-9a-f]{2})+/gi, (coded) => Buffer.from(coded.replaceAll('%', ''), 'hex').toString());
  return plain.replaceAll('~1', '/').replaceAll('~0', '~');
}

const isObject = (value: unknown): value is Schema => typeof value === 'object' && value !== null && !Array.isArray(value);

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
