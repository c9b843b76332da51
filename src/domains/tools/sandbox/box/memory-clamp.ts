const pageBytes = 65_536;

/** Bounds how large WebAssembly's memory may grow; nothing else does, not even the limits of V8. */
export class MemoryClamp {
  mostPages = 65_536;

  constructor() {
    const { grow } = WebAssembly.Memory.prototype;
    const isTooMuch = (memory: WebAssembly.Memory, pages: number): boolean => memory.buffer.byteLength / pageBytes + pages > this.mostPages;
    WebAssembly.Memory.prototype.grow = function (pages) {
      if (isTooMuch(this, pages)) throw new RangeError('The memory of the run is full');
      return grow.call(this, pages);
    };
  }
}
