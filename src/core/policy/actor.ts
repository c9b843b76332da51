import { AppError, type ErrorDetails } from '#core/errors/app-error.js';

/** The API token with which a program acts on behalf of its owner. */
export interface ActingToken {
  readonly id: string;
  readonly name: string;
  /** The beginning of the token, by which people recognise it. */
  readonly prefix: string;
  /** The permissions that it is limited to. */
  readonly scopes: readonly string[];
  readonly expiresAt: Date;
}

/** Who acts: a signed-in user, nobody (`anonymous`), or Signalbox itself (`system`). */
export interface Actor {
  readonly kind: 'user' | 'anonymous' | 'system';
  readonly id: string | null;
  readonly name: string;
  readonly isSuperuser: boolean;
  /** Slugs of the roles. */
  readonly roles: readonly string[];
  /** `resource:action` names. */
  readonly permissions: ReadonlySet<string>;
  readonly sessionId: string | null;
  /** The API token of a program; without one, a person acts, or Signalbox itself. */
  readonly apiToken?: ActingToken;
}

/** The actor of a request without valid credentials. */
export const anonymous: Actor = Object.freeze({
  kind: 'anonymous',
  id: null,
  name: 'anonymous',
  isSuperuser: false,
  roles: [],
  permissions: new Set<string>(),
  sessionId: null,
});

/** Signalbox itself: its schedules, its workers, its start. */
export const system: Actor = Object.freeze({
  kind: 'system',
  id: null,
  name: 'signalbox',
  isSuperuser: true,
  roles: [],
  permissions: new Set<string>(),
  sessionId: null,
});

/** Whether the actor holds a permission; superusers hold all. */
export const can = (actor: Actor, permission: string): boolean => actor.isSuperuser || actor.permissions.has(permission);

/** By what an actor is let in: the id of the session or of the API token; null for strangers and for Signalbox itself. */
export const accessIdOf = ({ sessionId, apiToken }: Actor): string | null => apiToken?.id ?? sessionId;

/** What an actor is told whose session or API token is over. */
export const accessOver = ({ apiToken }: Actor, details: ErrorDetails = {}): AppError =>
  new AppError('UNAUTHENTICATED', apiToken ? 'The API token has expired or was revoked' : 'The session is over: sign in again', details);

/** The stream that rings when sessions, users or rights change: what is known of an actor is out of date then, on every node. */
export const rightsStream = 'rights';

/** Who may use a root field: anybody, whoever is signed in, or holders of a permission. */
export type Access = 'anyone' | 'signedIn' | `${string}:${string}`;

/** Whether an API token is enough, or the person has to be signed in: for what gives or takes ways in. */
export type Presence = 'byToken' | 'inPerson';

/** Throws `UNAUTHENTICATED` or `FORBIDDEN` unless the actor has access. */
export function authorize(actor: Actor, access: Access, presence: Presence = 'byToken'): void {
  if (access === 'anyone') return;
  if (actor.kind === 'anonymous')
    throw new AppError('UNAUTHENTICATED', 'Sign in first: send an access token as "Authorization: Bearer …", or open the sign-in link');
  if (presence === 'inPerson' && actor.apiToken)
    throw new AppError('FORBIDDEN', 'This takes a person who is signed in: no API token may do it');
  if (access !== 'signedIn' && !can(actor, access)) throw new AppError('FORBIDDEN', `This needs the permission ${access}`);
}
