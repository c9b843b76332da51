import { LRUCache } from 'lru-cache';
import { loadModule } from './load-module.js';
import { withoutPaths } from './without-paths.js';
import type { Toolkit } from './toolkit.entity.js';

const timeoutMs = 5_000;
const freshMs = 5_000;
const mostAtOnce = 2;
const mostKept = 200;
const mostBytes = 256 * 1024;

/** What the loader of a dashboard context answered: JSON, or why there is none. */
export interface DashboardContext {
  context: unknown;
  error: string | null;
}

/** What has to be known of a toolkit to load its dashboard context. */
export type ContextSource = Pick<Toolkit, 'id' | 'slug' | 'version' | 'revision'> & { folder: string; file: string; function: string };

/**
 * Loads the dashboard contexts of toolkits, each in a process of its own. Whoever asks for the same one within some seconds gets the same
 * answer, and of this process no more than two are loaded at once.
 */
export class DashboardContexts {
  readonly #answers = new LRUCache<string, Promise<DashboardContext>>({ max: mostKept });
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  /** The dashboard context of a toolkit; never fails, but says why there is none. */
  load(source: ContextSource): Promise<DashboardContext> {
    const key = `${source.id} ${source.revision}`;
    const known = this.#answers.get(key);
    if (known) return known;
    const answer = this.#load(source);
    this.#answers.set(key, answer);
    // Fresh from its end on: one that takes long is not loaded again while others wait for it.
    void answer.then(() => setTimeout(() => this.#answers.delete(key), freshMs).unref());
    return answer;
  }

  async #load({ slug, version, folder, file, function: loader }: ContextSource): Promise<DashboardContext> {
    await this.#turn();
    try {
      const task = { task: 'call' as const, function: loader, argument: { slug, version } };
      const context = await loadModule({ folder, file, task, timeoutMs });
      if (JSON.stringify(context).length > mostBytes) throw new Error(`it is larger than ${mostBytes} bytes`);
      return { context, error: null };
    } catch (error) {
      return { context: null, error: withoutPaths((error as Error).message, folder) };
    } finally {
      this.#running -= 1;
      this.#waiting.shift()?.();
    }
  }

  async #turn(): Promise<void> {
    while (this.#running >= mostAtOnce) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#running += 1;
  }
}
