import { AppError } from '#core/errors/app-error.js';

/** Who acts: a signed-in user, nobody (`anonymous`), or Signalbox itself (`system`). */
export interface Actor {
  readonly kind: 'user' | 'anonymous' | 'system';
  readonly id: string | null;
  readonly name: string;
  readonly isSuperuser: boolean;
  /** `resource:action` names. */
  readonly permissions: ReadonlySet<string>;
  readonly sessionId: string | null;
}

/** The actor of a request without valid credentials. */
export const anonymous: Actor = Object.freeze({
  kind: 'anonymous',
  id: null,
  name: 'anonymous',
  isSuperuser: false,
  permissions: new Set<string>(),
  sessionId: null,
});

/** Signalbox itself: its schedules, its workers, its start. */
export const system: Actor = Object.freeze({
  kind: 'system',
  id: null,
  name: 'signalbox',
  isSuperuser: true,
  permissions: new Set<string>(),
  sessionId: null,
});

/** Whether the actor holds a permission; superusers hold all. */
export const can = (actor: Actor, permission: string): boolean => actor.isSuperuser || actor.permissions.has(permission);

/** The stream that rings when sessions, users or rights change: what is known of an actor is out of date then, on every node. */
export const rightsStream = 'rights';

/** Who may use a root field: anybody, whoever is signed in, or holders of a permission. */
export type Access = 'anyone' | 'signedIn' | `${string}:${string}`;

/** Throws `UNAUTHENTICATED` or `FORBIDDEN` unless the actor has access. */
export function authorize(actor: Actor, access: Access): void {
  if (access === 'anyone') return;
  if (actor.kind === 'anonymous')
    throw new AppError('UNAUTHENTICATED', 'Sign in first: send an access token as "Authorization: Bearer …", or open the sign-in link');
  if (access !== 'signedIn' && !can(actor, access)) throw new AppError('FORBIDDEN', `This needs the permission ${access}`);
}
