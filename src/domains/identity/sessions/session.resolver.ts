import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, Info, Mutation, Query, Resolver } from 'type-graphql';
import { Allow } from '#core/graph/access.js';
import { Beforehand } from '#core/graph/beforehand.js';
import type { GraphContext } from '#core/graph/context.js';
import type { MutationContext } from '#core/graph/mutation.js';
import { Settings } from '#core/settings/settings.js';
import { verifyAccessToken } from './access-token.js';
import { changePassword } from '../passwords/change-password.js';
import { endAllSessions, revokeSession, signOut } from './end-sessions.js';
import {
  ChangePasswordPayload,
  EndAllSessionsPayload,
  RefreshSessionPayload,
  RevokeSessionPayload,
  SignInPayload,
  SignOutPayload,
} from './session.payloads.js';
import { ChangePasswordInput, EndAllSessionsInput, RefreshSessionInput, RevokeSessionInput, SignInInput } from './session.inputs.js';
import type { OpenedSession } from './open-session.js';
import { signInAsPerson } from '../providers/sign-in-as-person.js';
import { beginSignIn, type BegunSignIn } from '../providers/begin-sign-in.js';
import { refreshSession } from './refresh-session.js';
import { sessionMs } from './session-limits.js';
import { signIn } from './sign-in.js';
import { SigningKeys } from './signing-keys.js';
import { User } from '../users/user.entity.js';

const begin = <Opened extends Omit<OpenedSession, 'cookie'> & Partial<OpenedSession>>(context: MutationContext, opened: Opened): Opened => {
  context.become(opened.session.id);
  if (opened.cookie) context.cookies.setSession(opened.cookie, sessionMs(context.services.get(Settings)));
  return opened;
};

/** Sign-in, sessions and the caller. */
@Resolver(() => User)
export class SessionResolver {
  @Allow('anyone', 1)
  @Query(() => User, { nullable: true, description: 'The signed-in user; null for a caller without credentials' })
  me(@Ctx() { actor, reader }: GraphContext, @Info() info: GraphQLResolveInfo): unknown {
    return actor.id === null ? null : reader.byId(User, actor.id, info);
  }

  @Allow('anyone', 10)
  @Beforehand(beginSignIn)
  @Mutation(() => SignInPayload, { description: 'Sign in with a username and a password' })
  async signIn(@Arg('input', () => SignInInput) input: SignInInput, @Ctx() context: MutationContext): Promise<unknown> {
    const keys = context.services.get(SigningKeys);
    const { attempt, person } = context.prepared as BegunSignIn;
    const given = { ...input, attempt };
    return begin(context, await (person ? signInAsPerson(context, keys, person, given) : signIn(context, keys, given)));
  }

  @Allow('anyone', 10)
  @Mutation(() => RefreshSessionPayload, {
    description: 'Trade a refresh token for new tokens; a token that was used before ends its whole session',
  })
  async refreshSession(
    @Arg('input', () => RefreshSessionInput) { refreshToken }: RefreshSessionInput,
    @Ctx() context: MutationContext,
  ): Promise<unknown> {
    return begin(context, await refreshSession(context, context.services.get(SigningKeys), refreshToken));
  }

  @Allow('signedIn', 10, 'inPerson')
  @Mutation(() => SignOutPayload, { description: 'End the session of the caller' })
  async signOut(@Ctx() context: MutationContext): Promise<unknown> {
    const { accessToken } = context.credentials;
    await signOut(context, accessToken ? await verifyAccessToken(context.services.get(SigningKeys), accessToken) : null);
    context.cookies.setSession(null, 0);
    return { isSignedOut: true };
  }

  @Allow('signedIn', 10, 'inPerson')
  @Mutation(() => RevokeSessionPayload, { description: "End one of the caller's own sessions, or with session:revoke anybody's" })
  async revokeSession(
    @Arg('input', () => RevokeSessionInput) { id }: RevokeSessionInput,
    @Ctx() context: MutationContext,
  ): Promise<unknown> {
    return { session: await revokeSession(context, id) };
  }

  @Allow('signedIn', 10, 'inPerson')
  @Mutation(() => EndAllSessionsPayload, {
    description: "End all of the caller's own sessions, or with session:revoke those of another user",
  })
  async endAllSessions(
    @Arg('input', () => EndAllSessionsInput) { userId }: EndAllSessionsInput,
    @Ctx() context: MutationContext,
  ): Promise<unknown> {
    return { endedCount: await endAllSessions(context, userId ?? context.actor.id!) };
  }

  @Allow('signedIn', 10, 'inPerson')
  @Mutation(() => ChangePasswordPayload, { description: 'Change the password of the caller; this ends all earlier sessions and tokens' })
  async changePassword(
    @Arg('input', () => ChangePasswordInput) input: ChangePasswordInput,
    @Ctx() context: MutationContext,
  ): Promise<unknown> {
    return begin(context, await changePassword(context, context.services.get(SigningKeys), input));
  }
}
