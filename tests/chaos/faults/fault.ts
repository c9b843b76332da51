import type { Subscriber } from '../clients/subscriber.ts';
import type { Random } from '../random.ts';
import type { Stage } from '../stage/stage.ts';

/** What a fault may break. */
export interface Scene {
  stage: Stage;
  random: Random;
  /** Everybody who follows something right now. */
  subscribers(): readonly Subscriber<unknown>[];
  /** What no process may do, noticed by the fault. */
  complain(offence: string): void;
}

/** Something that goes wrong, and is over when the promise is kept. */
export interface Fault {
  name: string;
  /** How often it is drawn, beside the others. */
  weight: number;
  strike(scene: Scene): Promise<void>;
}
