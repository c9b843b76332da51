import { declarationOf } from '#core/database/declare/registry.js';
import type { EntityClass, EntityDeclaration, ListDeclaration, ToOneDeclaration } from '#core/database/declare/declaration.js';
import { newId } from '#core/database/id.js';
import { sql } from '#core/database/sql.js';
import { Policies, policy } from '#core/policy/policy.js';
import type { TestApp } from './app.js';
import { aRow } from './planted.js';

/** A row that is hidden and one beside it that is seen, or what leads to the one and to the other. */
export interface Pair {
  hidden: string;
  seen: string;
}

/** Hidden rows of a type with twins that are seen, and around both a row for every way that leads to them. */
export interface Scene extends Pair {
  declaration: EntityDeclaration;
  /** An id of the type that nothing has. */
  missing: string;
  allHidden: string[];
  /** Rows that point at the one and at the other, and one that points at nothing that is there. */
  pointing: (Pair & { of: EntityDeclaration; field: ToOneDeclaration; dangling: string })[];
  /** The row that has both in a list, hidden themselves or by their links; for a list of at most one, a row for each. */
  listing: (Pair & { of: EntityDeclaration; list: ListDeclaration; rows: Pair })[];
}

/** Whoever is signed in sees everything, except the hidden rows, which only superusers see. */
export const allBut = (entities: readonly EntityClass[], { declaration, allHidden }: Scene): Policies =>
  new Policies(
    entities.map((entity) =>
      policy(
        entity,
        ({ isSuperuser }, alias) =>
          isSuperuser || entity !== declaration.entity || sql`${sql.ref(`${alias}.id`)} <> all(${allHidden}::uuid[])`,
      ),
    ),
  );

let counter = 1_000_000;

/** Plants the scene of a type among these entities. */
export async function plantScene(app: TestApp, entities: readonly EntityClass[], entity: EntityClass): Promise<Scene> {
  const declaration = declarationOf(entity);
  // Positions in streams are the only values that would not differ by themselves.
  const plant = (of: EntityClass, values: Record<string, unknown> = {}): Promise<string> => {
    const { fields, streams = [] } = declarationOf(of);
    const given = Object.entries(values).map(([property, id]) => [(fields.get(property) as ToOneDeclaration).key ?? property, id]);
    // Of several versions of one secret only one is active.
    const single = fields.has('isActive') ? { isActive: false } : {};
    return aRow(app, of, {
      ...Object.fromEntries(streams.map(({ column }) => [column, (counter += 1)])),
      ...single,
      ...Object.fromEntries(given),
    });
  };
  const twins = async (of: EntityClass, values: Record<keyof Pair, object> = { hidden: {}, seen: {} }): Promise<Pair> => {
    const pair = { hidden: await plant(of, { ...values.hidden }), seen: await plant(of, { ...values.seen }) };
    if (of === entity) scene.allHidden.push(pair.hidden);
    return pair;
  };

  const scene = { declaration, missing: newId(declaration.type), allHidden: [], pointing: [], listing: [] } as unknown as Scene;
  const pair = Object.assign(scene, await twins(entity));
  for (const of of entities.map(declarationOf).filter(({ name }) => name !== undefined)) {
    for (const field of of.fields.values()) {
      if (field.is !== 'toOne' || field.target() !== entity) continue;
      const pointAt = (id: string): Promise<string> => plant(of.entity, { [field.property]: id });
      const ends = { hidden: await pointAt(pair.hidden), seen: await pointAt(pair.seen), dangling: await pointAt(scene.missing) };
      scene.pointing.push({ of, field, ...ends });
    }
    for (const list of of.lists.values()) {
      const isWay = list.of === entity || list.link?.entity === entity;
      if (!isWay) continue;
      const hidden = await plant(of.entity);
      const seen = list.single ? await plant(of.entity) : hidden;
      const belonging = { hidden: { [list.by]: hidden }, seen: { [list.by]: seen } };
      const rows = await (list.link ? twins(list.of) : twins(list.of, belonging));
      if (list.link) {
        const linked = (which: keyof Pair) => ({ ...belonging[which], [list.link!.to]: rows[which] });
        await twins(list.link.entity, { hidden: linked('hidden'), seen: linked('seen') });
      }
      scene.listing.push({ of, list, rows, hidden, seen });
    }
  }
  return scene;
}
