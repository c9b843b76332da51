const text = (value: string): number[] => [value.length, ...Buffer.from(value)];
const section = (id: number, bytes: number[]): number[] => [id, bytes.length, ...bytes];
const header = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
// What makes a module one that Emscripten loads: how much memory and table it needs, which is none.
const dylink = section(0, [...text('dylink.0'), 1, 4, 0, 0, 0, 0]);
const memory = [...text('env'), ...text('memory'), 2, 0, 0];
// One type: a number in, a number out.
const types = section(1, [1, 0x60, 1, 0x7f, 1, 0x7f]);
const goes = (index: number): number[] => section(7, [1, ...text('go'), 0, index]);

/** A native module whose `go(pages)` grows the memory by the instruction of WebAssembly, past JavaScript. */
export const grower = [
  ...header,
  ...dylink,
  ...types,
  ...section(2, [1, ...memory]),
  ...section(3, [1, 0]),
  ...goes(0),
  ...section(10, [1, 6, 0, 0x20, 0, 0x40, 0, 0x0b]),
];

/** A native module whose `go(pointer)` calls a function of the program that loads it. */
export const caller = (name: string): number[] => [
  ...header,
  ...dylink,
  ...types,
  ...section(2, [2, ...memory, ...text('env'), ...text(name), 0, 0]),
  ...section(3, [1, 0]),
  ...goes(1),
  ...section(10, [1, 6, 0, 0x20, 0, 0x10, 0, 0x0b]),
];
