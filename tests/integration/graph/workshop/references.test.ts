import { beforeAll, expect, test } from 'vitest';
import { send, signIn, type Auth } from '../../../support/client.js';
import { signedIn } from '../../../support/users.js';
import { startWorkshop } from '../../../support/workshop/app.js';
import { answer, ask } from '../../../support/workshop/ask.js';
import { Keeper } from '../../../support/workshop/keeper.entity.js';
import { Maker } from '../../../support/workshop/maker.entity.js';
import { Manual } from '../../../support/workshop/manual.entity.js';
import { aTong, plant, plantOne, plantTongs } from '../../../support/workshop/planted.js';
import { Region } from '../../../support/workshop/region.entity.js';
import { Tong } from '../../../support/workshop/tong.entity.js';

const app = await startWorkshop();
const admin = await signIn(app.url);
let stranger: Auth;
let saw: string;

beforeAll(async () => {
  stranger = await signedIn(app, 'stranger');
  const world = await plantOne(app, Region, { name: 'world' });
  const hidden = await plantOne(app, Region, { name: 'hidden region', isHidden: true, within: world });
  const here = await plantOne(app, Region, { name: 'here', within: world });
  const [forge, secret, remote] = (await plant(app, Maker, [
    { name: 'forge', region: here },
    { name: 'secret', region: here, isHidden: true },
    { name: 'remote', region: hidden },
  ])) as [string, string, string];
  const anna = await plantOne(app, Keeper, { name: 'anna' });
  ({ saw } = await plantTongs(app, { saw: { maker: forge, shelf: 'open', seller: remote, keeperId: anna } }));
  await plantTongs(app, {
    blade: { maker: secret, whole: saw, shelf: 'open' },
    knob: { maker: remote, whole: saw, shelf: 'open' },
    loose: { shelf: 'open' },
  });
  await plantOne(app, Manual, { title: 'saws', tong: saw, ownerId: anna });
  await plant(
    app,
    Tong,
    Array.from({ length: 200 }, (_, i) =>
      aTong({
        serial: `many-${String((i * 77) % 200).padStart(3, '0')}`,
        shelf: `shelf ${i}`,
        slot: i % 7,
        maker: [forge, secret, remote, null][i % 4],
        whole: i % 3 ? saw : null,
      }),
    ),
  );
});

const some = 'filter: { serial: { in: ["saw", "blade", "knob", "loose"] } }, orderBy: [{ field: SERIAL }]';
const chain = 'serial whole { serial maker { name } } maker { name region { name within { name } } }';
const [world, here] = [{ name: 'world' }, { name: 'here', within: { name: 'world' } }];
const forge = { name: 'forge', region: here };
const rows = {
  blade: { serial: 'blade', whole: { serial: 'saw', maker: { name: 'forge' } }, maker: { name: 'secret', region: here } },
  knob: {
    serial: 'knob',
    whole: { serial: 'saw', maker: { name: 'forge' } },
    maker: { name: 'remote', region: { name: 'hidden region', within: world } },
  },
  loose: { serial: 'loose', whole: null, maker: null },
  saw: { serial: 'saw', whole: null, maker: forge },
};
const seen = { ...rows, blade: { ...rows.blade, maker: null }, knob: { ...rows.knob, maker: { name: 'remote', region: null } } };
const both = (): [Auth, typeof seen][] => [
  [admin, rows as never],
  [stranger, seen],
];

test('a chain of relations is followed to its end; what is hidden is null, with all that lies behind it', async () => {
  for (const [who, { blade, knob, loose, saw: ofSaw }] of both()) {
    const { tongs } = await ask(app.url, `{ tongs(${some}) { nodes { ${chain} } edges { node { ${chain} } } } }`, {}, who);
    expect(tongs.nodes).toEqual([blade, knob, loose, ofSaw]);
    expect(tongs.edges).toEqual([blade, knob, loose, ofSaw].map((node) => ({ node })));
  }
});

test('a chain is the same in a lookup, by node and nodes, below a list, and behind one object of another', async () => {
  for (const [who, { blade, knob, saw: ofSaw }] of both()) {
    const shown = await ask(
      app.url,
      `query($id: ID!) { tong(serial: "blade") { ${chain} } node(id: $id) { ... on Tong { ${chain} } } nodes(ids: [$id, "x", $id]) { ... on Tong { ${chain} } }
        region(name: "here") { makers(orderBy: [{ field: NAME }], first: 1) { nodes { tongs(filter: { serial: { eq: "saw" } }) { nodes { ${chain} } } } } }
        keeper(name: "anna") { manual { title tong { ${chain} parts(${some}) { nodes { ${chain} } } } } } }`,
      { id: saw },
      who,
    );
    expect(shown.tong).toEqual(blade);
    expect([shown.node, ...shown.nodes]).toEqual([ofSaw, ofSaw, null, ofSaw]);
    expect(shown.region.makers.nodes).toEqual([{ tongs: { nodes: [ofSaw] } }]);
    expect(shown.keeper.manual).toEqual({ title: 'saws', tong: { ...ofSaw, parts: { nodes: [blade, knob] } } });
  }
});

test('several ways to one relation are one: twice, under other names, and through fragments of every kind', async () => {
  const { tongs } = await ask(
    app.url,
    `{ tongs(${some}) { ...page nodes { maker { region { name } } } } }
    fragment page on TongConnection { nodes { ...tong maker { id } } edges { node { ...tong } } }
    fragment tong on Tong { serial maker { ...maker } made: maker { title: name } ... on Node { id ... on Tong { maker { region { within { name } } } } } ... { whole { serial } whole { maker { name } } } }
    fragment maker on Maker { name }`,
    {},
    stranger,
  );

  const ids = tongs.nodes.map(({ id, maker }: any) => [typeof id, typeof maker?.id]);
  expect(ids).toEqual([
    ['string', 'undefined'],
    ['string', 'string'],
    ['string', 'undefined'],
    ['string', 'string'],
  ]);
  const strip = ({ serial, made, whole, maker }: any) => ({
    serial,
    made,
    whole,
    maker: maker && { name: maker.name, region: maker.region },
  });
  const whole = { serial: 'saw', maker: { name: 'forge' } };
  expect(tongs.nodes.map(strip)).toEqual([
    { serial: 'blade', maker: null, made: null, whole },
    { serial: 'knob', maker: { name: 'remote', region: null }, made: { title: 'remote' }, whole },
    { serial: 'loose', maker: null, made: null, whole: null },
    { serial: 'saw', maker: forge, made: { title: 'forge' }, whole: null },
  ]);
  expect(tongs.edges[3].node).toMatchObject({ serial: 'saw', maker: { name: 'forge', region: { within: world } } });
});

test('a relation that a directive leaves out is not in the answer, and all others are', async () => {
  const query = `query($with: Boolean!, $without: Boolean!) { tongs(filter: { serial: { in: ["knob", "saw"] } }, orderBy: [{ field: SERIAL }]) { nodes {
    serial maker @include(if: $with) { name region @skip(if: $without) { name } } ...on Tong @include(if: $with) { whole { serial } } ...rest @skip(if: $without) } } }
    fragment rest on Tong { owner: keeper { name } maker { id } }`;
  const read = async (variables: object) => (await ask(app.url, query, variables, stranger)).tongs.nodes;

  const id = expect.any(String);
  expect(await read({ with: true, without: true })).toEqual([
    { serial: 'knob', maker: { name: 'remote' }, whole: { serial: 'saw' } },
    { serial: 'saw', maker: { name: 'forge' }, whole: null },
  ]);
  expect(await read({ with: false, without: true })).toEqual([{ serial: 'knob' }, { serial: 'saw' }]);
  expect(await read({ with: false, without: false })).toEqual([
    { serial: 'knob', owner: null, maker: { id } },
    { serial: 'saw', owner: { name: 'anna' }, maker: { id } },
  ]);
  expect(await read({ with: true, without: false })).toEqual([
    { serial: 'knob', maker: { name: 'remote', region: null, id }, whole: { serial: 'saw' }, owner: null },
    { serial: 'saw', maker: { name: 'forge', region: { name: 'here' }, id }, whole: null, owner: { name: 'anna' } },
  ]);
});

test('one list under two names keeps apart what each selects of its targets', async () => {
  const { a, b, c } = await ask(
    app.url,
    `{ a: tongs(${some}) { nodes { maker { name } } } b: tongs(${some}) { nodes { maker { region { name } } } } c: tongs(${some}) { nodes { serial } } }`,
    {},
    stranger,
  );

  expect(a.nodes).toEqual([{ maker: null }, { maker: { name: 'remote' } }, { maker: null }, { maker: { name: 'forge' } }]);
  expect(b.nodes).toEqual([{ maker: null }, { maker: { region: null } }, { maker: null }, { maker: { region: { name: 'here' } } }]);
  expect(c.nodes).toEqual(['blade', 'knob', 'loose', 'saw'].map((serial) => ({ serial })));
});

test.each(['first: 200', 'last: 200', 'first: 137', 'last: 63'])(
  'the rows keep their order beside what they point at (%s)',
  async (size) => {
    const page = `${size}, filter: { serial: { startsWith: "many-" } }, orderBy: [{ field: SLOT, direction: DESC }, { field: SERIAL }]`;
    const { plain, joined } = await ask(
      app.url,
      `{ plain: tongs(${page}) { nodes { serial slot } } joined: tongs(${page}) { nodes { serial slot whole { serial maker { region { name } } } maker { name region { within { name } } } } } }`,
      {},
      admin,
    );

    const order = plain.nodes.map(({ serial, slot }: any) => `${9 - slot} ${serial}`);
    expect(order).toHaveLength(Number(size.split(' ')[1]));
    expect(order).toEqual([...order].sort());
    expect(joined.nodes.map(({ serial, slot }: any) => ({ serial, slot }))).toEqual(plain.nodes);
  },
);

test('however many relations are followed, rows take one statement', async () => {
  const statements = async (query: string) => (await send(app.url, query, { id: saw }, stranger)).extensions!.statements;

  expect([
    await statements(`{ tongs { nodes { ${chain} keeper { name } } edges { node { seller { region { name } } } } } }`),
    await statements(`{ tong(serial: "knob") { ${chain} } }`),
    await statements(`query($id: ID!) { node(id: $id) { ... on Tong { ${chain} } } }`),
    await statements(`query($id: ID!) { a: tong(id: $id) { ${chain} } b: tong(id: $id) { ${chain} } }`),
  ]).toEqual([1, 1, 1, 1]);
});

test('fifty relations may be followed from one row, and no more', async () => {
  const end = 'region { within { within { name } } }';
  const nest = (depth: number): string =>
    `keeper { name } maker { ${end} } seller { ${end} } ${depth > 0 ? `whole { ${nest(depth - 1)} }` : ''}`;
  const fifty = `${nest(4)} maker { contact { name } }`;
  const query = (fields: string) => `{ tongs(${some}) { nodes { serial ${fields} } } }`;

  const { tongs } = await ask(app.url, query(fifty), {}, admin);
  expect(tongs.nodes[3]).toMatchObject({ serial: 'saw', maker: { region: { within: { within: null } }, contact: null }, whole: null });
  expect((await answer(app.url, query(`${fifty} seller { contact { name } }`), {}, admin)).errors).toMatchObject([
    { message: 'An operation may follow 50 to-one relations from one row', path: ['tongs'], extensions: { code: 'LIMIT_EXCEEDED' } },
  ]);
});
