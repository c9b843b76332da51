import { MutableEntity } from '../../dist/src/core/database/base-entity.js';
import { Column } from '../../dist/src/core/database/declare/column.js';
import { Table } from '../../dist/src/core/database/declare/table.js';
import { ToOne } from '../../dist/src/core/database/declare/to-one.js';
import { policy } from '../../dist/src/core/policy/policy.js';

const firstType = 2000;
const kinds = ['string', 'int', 'boolean', 'time', 'json'];

/** A domain of generated entities, each with nine columns and some relations to others; it has no tables. */
export function thingsDomain({ entities = 100, relationsEach = 5 } = {}) {
  const classes = Array.from({ length: entities }, (_, i) => ({ [`Thing${i}`]: class extends MutableEntity {} })[`Thing${i}`]);
  classes.forEach((Entity, i) => {
    for (let c = 0; c < 9; c += 1)
      Column({ kind: kinds[c % 5], description: `Column ${c}`, filter: c < 4, order: c < 2 })(Entity.prototype, `column${c}`);
    for (let r = 0; r < relationsEach; r += 1) declareRelation(classes, i, r);
    const name = `Thing${i}`;
    Table({ name, type: firstType + i, table: `things_${i}`, description: name, one: `thing${i}`, many: `things${i}` })(Entity);
  });
  return { name: 'things', entities: classes, policies: classes.map((Entity) => policy(Entity, () => true)) };
}

function declareRelation(classes, i, r) {
  ToOne(() => classes[(i * 7 + r * 13 + 1) % classes.length], {
    description: `Relation ${r}`,
    nullable: true,
    filter: true,
    inverse: { name: `things${i}By${r}`, description: 'The other side', filter: r === 0 },
  })(classes[i].prototype, `relation${r}`);
}
