import type { EntityDeclaration, ToOneDeclaration } from './declaration.js';
import { declarationOf } from './registry.js';

/** Gives every entity the lists that the relations and links of these declarations make. */
export function declareLists(declarations: readonly EntityDeclaration[]): void {
  for (const declaration of declarations) {
    for (const field of declaration.fields.values()) {
      if (field.is !== 'toOne' || !field.inverse) continue;
      const { name, description, filter = false } = field.inverse;
      const list = { name, description, filter, of: declaration.entity, by: field.property, link: null, single: field.unique };
      declarationOf(field.target()).lists.set(name, list);
    }
    for (const { from, to, name, description, filter = false } of declaration.links ?? []) {
      const end = (property: string) => (declaration.fields.get(property) as ToOneDeclaration).target();
      const link = { entity: declaration.entity, to };
      declarationOf(end(from)).lists.set(name, { name, description, filter, of: end(to), by: from, link, single: false });
    }
  }
}
