import { sql } from 'kysely';
import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, FieldResolver, Info, Mutation, Query, Resolver, Root } from 'type-graphql';
import { Allow } from '#core/graph/access.js';
import type { GraphContext } from '#core/graph/context.js';
import type { MutationContext } from '#core/graph/mutation.js';
import { verifyAccessToken } from './access-token.js';
import { changePassword } from './change-password.js';
import { endAllSessions, revokeSession, signOut } from './end-sessions.js';
import {
  ChangePasswordPayload,
  EndAllSessionsPayload,
  RefreshSessionPayload,
  RevokeSessionPayload,
  SignInPayload,
  SignOutPayload,
} from './identity.payloads.js';
import { ChangePasswordInput, EndAllSessionsInput, RefreshSessionInput, RevokeSessionInput, SignInInput } from './identity.inputs.js';
import { sessionMs, type OpenedSession } from './open-session.js';
import { refreshSession } from './refresh-session.js';
import { signIn } from './sign-in.js';
import { SigningKeys } from './signing-keys.js';
import { User } from './user.entity.js';

const begin = <Opened extends Omit<OpenedSession, 'cookie'> & Partial<OpenedSession>>(context: MutationContext, opened: Opened): Opened => {
  context.become(opened.session.id);
  if (opened.cookie) context.cookies.setSession(opened.cookie, sessionMs);
  return opened;
};

/** Sign-in, sessions and the caller. */
@Resolver(() => User)
export class IdentityResolver {
  @Allow('anyone')
  @Query(() => User, { nullable: true, description: 'The signed-in user; null for a caller without credentials' })
  me(@Ctx() { actor, reader }: GraphContext, @Info() info: GraphQLResolveInfo): unknown {
    return actor.id === null ? null : reader.byId(User, actor.id, info);
  }

  @FieldResolver(() => [String], {
    description: 'Names of the permissions that the roles of the user hold, in alphabetical order; a superuser passes without them',
  })
  permissions(@Root() user: User, @Ctx() { reader }: GraphContext): Promise<string[] | null> {
    return reader.batch('User.permissions', user.id, async (ids) => {
      const rows = await reader.execute<{ user_id: string; names: string[] }>(sql`
        select a.user_id, array_agg(distinct p.name order by p.name) as names
        from role_assignments a join role_permissions rp on rp.role_id = a.role_id join permissions p on p.id = rp.permission_id
        where a.user_id = any(${ids}::uuid[]) group by a.user_id`);
      const found = new Map(rows.map(({ user_id, names }) => [user_id, names]));
      return new Map(ids.map((id) => [id, found.get(id) ?? []]));
    });
  }

  @Allow('anyone')
  @Mutation(() => SignInPayload, { description: 'Sign in with a username and a password' })
  async signIn(@Arg('input', () => SignInInput) input: SignInInput, @Ctx() context: MutationContext): Promise<unknown> {
    return begin(context, await signIn(context, context.services.get(SigningKeys), input));
  }

  @Allow('anyone')
  @Mutation(() => RefreshSessionPayload, {
    description: 'Trade a refresh token for new tokens; a token that was used before ends its whole session',
  })
  async refreshSession(
    @Arg('input', () => RefreshSessionInput) { refreshToken }: RefreshSessionInput,
    @Ctx() context: MutationContext,
  ): Promise<unknown> {
    return begin(context, await refreshSession(context, context.services.get(SigningKeys), refreshToken));
  }

  @Allow('signedIn')
  @Mutation(() => SignOutPayload, { description: 'End the session of the caller' })
  async signOut(@Ctx() context: MutationContext): Promise<unknown> {
    const { accessToken } = context.credentials;
    await signOut(context, accessToken ? await verifyAccessToken(context.services.get(SigningKeys), accessToken) : null);
    context.cookies.setSession(null, 0);
    return { isSignedOut: true };
  }

  @Allow('signedIn')
  @Mutation(() => RevokeSessionPayload, { description: "End one of the caller's own sessions, or with session:revoke anybody's" })
  async revokeSession(
    @Arg('input', () => RevokeSessionInput) { id }: RevokeSessionInput,
    @Ctx() context: MutationContext,
  ): Promise<unknown> {
    return { session: await revokeSession(context, id) };
  }

  @Allow('signedIn')
  @Mutation(() => EndAllSessionsPayload, {
    description: "End all of the caller's own sessions, or with session:revoke those of another user",
  })
  async endAllSessions(
    @Arg('input', () => EndAllSessionsInput) { userId }: EndAllSessionsInput,
    @Ctx() context: MutationContext,
  ): Promise<unknown> {
    return { endedCount: await endAllSessions(context, userId ?? context.actor.id!) };
  }

  @Allow('signedIn')
  @Mutation(() => ChangePasswordPayload, { description: 'Change the password of the caller; this ends all earlier sessions and tokens' })
  async changePassword(
    @Arg('input', () => ChangePasswordInput) input: ChangePasswordInput,
    @Ctx() context: MutationContext,
  ): Promise<unknown> {
    return begin(context, await changePassword(context, context.services.get(SigningKeys), input));
  }
}
