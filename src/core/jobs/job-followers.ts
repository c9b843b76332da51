import type { EntityManager } from '@mikro-orm/postgresql';
import type { WriteContext } from '#core/feed/write.js';
import type { LogEntry } from './child/protocol.js';

/** What something that follows a job is known by: who follows, and the id of what follows. */
export interface Followed {
  follower: string | null;
  followerId: string | null;
}

/** A move of a job, as its follower is told of it. */
export interface FollowedMove extends Followed {
  id: string;
  /** Number of the run; 0 before the first. */
  attempts: number;
  /** What a run that has succeeded returned: it is kept by what follows the job, not by the job. */
  result?: unknown;
}

/** What a run told: progress and lines, in their order, as they are stored with its job. */
export interface FollowedTelling {
  attempt: number;
  steps: readonly {
    phase?: string | null;
    message?: string | null;
    progress?: number | null;
    payload?: unknown;
  }[];
  lines: readonly { stream: 'STDOUT' | 'STDERR' | 'STRUCTURED'; level: LogEntry['level']; text: string; createdAt: Date }[];
}

/** What a domain has that is carried out by jobs, and so moves when they move. */
export interface JobFollower {
  /** Stands in the jobs that it follows. */
  readonly name: string;
  /** The streams that have news when a job that this follows has. */
  streamsOf(followerId: string): readonly string[];
  /** Why a run that is about to begin may not; null when it may. */
  refusal(reading: Pick<WriteContext, 'em' | 'services'>, followerId: string): Promise<string | null>;
  /** Told of moves after they were written, in their transaction, which holds the rows of the jobs. What is said may be several moves. */
  moved(em: EntityManager, moves: readonly FollowedMove[]): Promise<void>;
  /** Told of what a run told, in the transaction that stores it. */
  told(em: EntityManager, followerId: string, telling: FollowedTelling): Promise<void>;
  /** Told when somebody stopped a job that had not begun, in the transaction that did so, after its move. */
  cancelled(context: WriteContext, followerId: string): Promise<void>;
}

/** Who follows jobs in this installation; what nobody follows costs nothing. */
export class JobFollowers {
  readonly #followers: ReadonlyMap<string, JobFollower>;

  constructor(all: readonly JobFollower[]) {
    this.#followers = new Map(all.map((each) => [each.name, each]));
    if (this.#followers.size < all.length) throw new Error('A follower of jobs is declared twice');
  }

  /** Tells of moves, each follower once. */
  async moved(em: EntityManager, moves: readonly FollowedMove[]): Promise<void> {
    const followed = moves.filter(({ follower }) => follower !== null);
    for (const [name, each] of Map.groupBy(followed, ({ follower }) => follower!)) await this.#followers.get(name)?.moved(em, each);
  }

  /** Why a run of the job may not begin; null when it may. */
  async refusal(reading: Pick<WriteContext, 'em' | 'services'>, followed: Followed): Promise<string | null> {
    return (await this.#of(followed)?.refusal(reading, followed.followerId!)) ?? null;
  }

  /** Tells of what a run told. */
  async told(em: EntityManager, followed: Followed, telling: FollowedTelling): Promise<void> {
    if (telling.steps.length + telling.lines.length > 0) await this.#of(followed)?.told(em, followed.followerId!, telling);
  }

  /** Tells that somebody stopped a job that had not begun. */
  async cancelled(context: WriteContext, followed: Followed): Promise<void> {
    await this.#of(followed)?.cancelled(context, followed.followerId!);
  }

  /** The streams to ring when a job has news. */
  streamsOf(followed: Followed): readonly string[] {
    return this.#of(followed)?.streamsOf(followed.followerId!) ?? [];
  }

  #of({ follower }: Followed): JobFollower | undefined {
    return follower === null ? undefined : this.#followers.get(follower);
  }
}
