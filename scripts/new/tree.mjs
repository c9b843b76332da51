import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { Refusal } from './refusal.mjs';

/** The project as it would be: new and changed files are kept here until they are written, all of them or none. */
export class Tree {
  #created = new Map();
  #changed = new Map();

  constructor(root) {
    this.root = root;
  }

  has(path) {
    return this.#created.has(path) || existsSync(join(this.root, path));
  }

  read(path) {
    const own = this.#created.get(path) ?? this.#changed.get(path);
    if (own !== undefined) return own;
    if (!this.has(path)) throw new Refusal(`${path} is missing.`);
    return readFileSync(join(this.root, path), 'utf8');
  }

  /** The paths of the files below a folder whose names end like this. */
  list(folder, end) {
    if (!this.has(folder)) return [];
    const names = readdirSync(join(this.root, folder), { recursive: true }).filter((name) => name.endsWith(end));
    return names.map((name) => join(folder, name)).sort();
  }

  create(path, text) {
    if (this.has(path)) throw new Refusal(`${path} exists already.`);
    this.#created.set(path, text);
  }

  /** Changes a file; `change` returns null when it does not find its place. */
  edit(path, what, change) {
    const text = change(this.read(path));
    if (text === null) throw new Refusal(`${path} has no place for ${what} that could be recognised: add it by hand, or restore the file.`);
    (this.#created.has(path) ? this.#created : this.#changed).set(path, text);
  }

  /** The files that are new and those that are changed, formatted. */
  async files() {
    const formatted = (files) => Promise.all([...files].map(async ([path, text]) => [path, await this.#format(path, text)]));
    return { created: await formatted(this.#created), changed: await formatted(this.#changed) };
  }

  /** Writes everything; returns the paths. */
  async write() {
    const { created, changed } = await this.files();
    for (const [path, text] of created) {
      mkdirSync(dirname(join(this.root, path)), { recursive: true });
      writeFileSync(join(this.root, path), text, { flag: 'wx' });
    }
    for (const [path, text] of changed) writeFileSync(join(this.root, path), text);
    return { created: created.map(([path]) => path), changed: changed.map(([path]) => path) };
  }

  async #format(path, text) {
    if (path.endsWith('.md')) return text;
    const filepath = join(this.root, path);
    return format(text, { ...(await resolveConfig(filepath)), filepath });
  }
}
