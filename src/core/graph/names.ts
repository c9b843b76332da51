/** Names that only one may have, and who has them. */
export class Names {
  readonly #owners = new Map<string, string>();

  constructor(readonly note: (problem: string) => void) {}

  /** Gives a name to who asks for it; the second who asks is noted as a problem. */
  claim(name: string, by: string): void {
    const owner = this.#owners.get(name);
    if (owner === undefined) this.#owners.set(name, by);
    else this.note(`${name} is taken twice, by ${owner} and by ${by}: give one of them another`);
  }
}
