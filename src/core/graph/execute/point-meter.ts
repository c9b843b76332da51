import { LRUCache } from 'lru-cache';
import { AppError } from '#core/errors/app-error.js';
import { Refusals } from '#core/feed/refusals.js';
import type { Services } from '#core/feed/services.js';
import { Settings } from '#core/settings/settings.js';
import { callerKey } from '../caller-key.js';
import type { GraphContext } from '../context.js';
import { anonymousPointsPerMinute, pointsPerMinute } from '../limit.settings.js';

const minuteMs = 60_000;
const mostCallers = 20_000;

/** Of one caller: how many points are left, and when that was. */
interface Bucket {
  points: number;
  at: number;
}

/**
 * Bounds what the operations of one caller cost in a minute, in the memory of this process: a bucket that holds the points of a minute
 * and fills up steadily. An operation is admitted while there is something in it, and may leave it in debt.
 */
export class PointMeter {
  readonly #buckets = new LRUCache<string, Bucket>({ max: mostCallers });

  constructor(
    readonly services: Services,
    readonly now: () => number = () => performance.now(),
  ) {}

  /** Takes the points of an operation; throws `RATE_LIMITED` when nothing is left. */
  take(context: Pick<GraphContext, 'actor' | 'sourceIp'>, cost: number): void {
    if (context.actor.kind === 'system') return;
    const perMinute = this.services.get(Settings).value(context.actor.id === null ? anonymousPointsPerMinute : pointsPerMinute);
    const key = callerKey(context);
    const now = this.now();
    let bucket = this.#buckets.get(key);
    if (!bucket) this.#buckets.set(key, (bucket = { points: perMinute, at: now }));
    bucket.points = Math.min(perMinute, bucket.points + ((now - bucket.at) * perMinute) / minuteMs);
    bucket.at = now;
    if (bucket.points <= 0) {
      this.services.get(Refusals).count('points');
      const retryAfterMs = Math.ceil(((1 - bucket.points) * minuteMs) / perMinute);
      throw new AppError('RATE_LIMITED', `The operations of a minute may cost ${perMinute} points: try again later`, { retryAfterMs });
    }
    // Also what reads nothing is work.
    bucket.points -= Math.max(cost, 1);
  }
}
