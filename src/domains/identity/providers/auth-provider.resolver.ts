import { Arg, Ctx, Extensions, Mutation, Query, Resolver } from 'type-graphql';
import { notFound } from '#core/errors/not-found.js';
import { Allow } from '#core/graph/access.js';
import { Beforehand } from '#core/graph/beforehand.js';
import type { GraphContext } from '#core/graph/context.js';
import type { MutationContext } from '#core/graph/mutation.js';
import { AuthProvider } from './auth-provider.entity.js';
import {
  CreateAuthProviderInput,
  DeleteAuthProviderInput,
  DisableAuthProviderInput,
  EnableAuthProviderInput,
  StartSsoInput,
  StartSsoLinkInput,
  TestAuthProviderInput,
  UnlinkSsoIdentityInput,
  UpdateAuthProviderInput,
} from './auth-provider.inputs.js';
import {
  CreateAuthProviderPayload,
  DeleteAuthProviderPayload,
  DisableAuthProviderPayload,
  EnableAuthProviderPayload,
  SignInMethod,
  StartSsoLinkPayload,
  StartSsoPayload,
  TestAuthProviderPayload,
  UnlinkSsoIdentityPayload,
  UpdateAuthProviderPayload,
} from './auth-provider.payloads.js';
import { createAuthProvider } from './create-auth-provider.js';
import { deleteAuthProvider } from './delete-auth-provider.js';
import { disableAuthProvider } from './disable-auth-provider.js';
import { enableAuthProvider } from './enable-auth-provider.js';
import { findSsoProvider, type SsoProvider } from './find-sso-provider.js';
import { listSignInMethods } from './list-sign-in-methods.js';
import { startSso } from './start-sso.js';
import { startSsoLink } from './start-sso-link.js';
import { testAuthProvider, type ProviderTest } from './test-auth-provider.js';
import { unlinkSsoIdentity } from './unlink-sso-identity.js';
import { updateAuthProvider } from './update-auth-provider.js';

/** Providers by which people sign in. */
@Resolver(() => AuthProvider)
export class AuthProviderResolver {
  @Allow('anyone', 2)
  @Extensions({ size: 10 })
  @Query(() => [SignInMethod], { description: 'The ways to sign in that are enabled, for a sign-in page' })
  signInMethods(@Ctx() { system }: GraphContext): Promise<SignInMethod[]> {
    return listSignInMethods(system.database);
  }

  @Allow('provider:manage', 10, 'inPerson')
  @Mutation(() => CreateAuthProviderPayload, {
    description: 'Make a provider by which people sign in; takes every permission that a role holds',
  })
  async createAuthProvider(
    @Arg('input', () => CreateAuthProviderInput) input: CreateAuthProviderInput,
    @Ctx() context: MutationContext,
  ): Promise<unknown> {
    return { authProvider: await createAuthProvider(context, input) };
  }

  @Allow('provider:manage', 10, 'inPerson')
  @Mutation(() => UpdateAuthProviderPayload, {
    description: 'Change a provider; one by which superusers sign in is changed by superusers only',
  })
  async updateAuthProvider(
    @Arg('input', () => UpdateAuthProviderInput) input: UpdateAuthProviderInput,
    @Ctx() context: MutationContext,
  ): Promise<unknown> {
    return { authProvider: await updateAuthProvider(context, input) };
  }

  @Allow('provider:manage', 10, 'inPerson')
  @Mutation(() => EnableAuthProviderPayload, { description: 'Let people sign in by a provider, from now on' })
  async enableAuthProvider(
    @Arg('input', () => EnableAuthProviderInput) { id }: EnableAuthProviderInput,
    @Ctx() context: MutationContext,
  ): Promise<unknown> {
    return { authProvider: await enableAuthProvider(context, id) };
  }

  @Allow('provider:manage', 10, 'inPerson')
  @Mutation(() => DisableAuthProviderPayload, {
    description: 'Let nobody sign in by a provider, from now on; the last one by which an administrator can sign in stays',
  })
  async disableAuthProvider(
    @Arg('input', () => DisableAuthProviderInput) { id }: DisableAuthProviderInput,
    @Ctx() context: MutationContext,
  ): Promise<unknown> {
    return { authProvider: await disableAuthProvider(context, id) };
  }

  @Allow('provider:manage', 10, 'inPerson')
  @Mutation(() => DeleteAuthProviderPayload, {
    description: 'Delete a provider, and who people are there; the last one by which an administrator can sign in stays',
  })
  async deleteAuthProvider(
    @Arg('input', () => DeleteAuthProviderInput) { id }: DeleteAuthProviderInput,
    @Ctx() context: MutationContext,
  ): Promise<unknown> {
    return { id: await deleteAuthProvider(context, id) };
  }

  @Allow('provider:manage', 50)
  @Beforehand(({ system }, { input }: { input: TestAuthProviderInput }) => testAuthProvider(system, input.id))
  @Mutation(() => TestAuthProviderPayload, {
    description: 'Ask a provider what a sign-in asks first, and learn what is wrong; takes up to ten seconds',
  })
  async testAuthProvider(
    @Arg('input', () => TestAuthProviderInput) { id }: TestAuthProviderInput,
    @Ctx() { prepared, em, record }: MutationContext,
  ): Promise<unknown> {
    const provider = prepared ? await em.findOne(AuthProvider, { id }) : null;
    if (!provider) throw notFound(`AuthProvider ${id}`);
    const { isWorking, message } = prepared as ProviderTest;
    record('identity.authProvider.tested', provider, { outcome: isWorking ? 'SUCCESS' : 'FAILURE', message });
    return { isWorking, message };
  }

  @Allow('anyone', 20)
  @Beforehand(({ system }, { input }: { input: StartSsoInput }) => findSsoProvider(system, input.provider))
  @Mutation(() => StartSsoPayload, {
    description:
      'Begin to sign a browser in at a provider of the kind OIDC; the answer sets a cookie, without which the browser cannot come back',
  })
  async startSso(@Arg('input', () => StartSsoInput) { returnTo }: StartSsoInput, @Ctx() context: MutationContext): Promise<unknown> {
    const browser = context.cookies.bindBrowser();
    return { authorizationUrl: await startSso(context, context.prepared as SsoProvider, { returnTo, browser }) };
  }

  @Allow('signedIn', 20, 'inPerson')
  @Beforehand(({ system }, { input }: { input: StartSsoLinkInput }) => findSsoProvider(system, input.provider))
  @Mutation(() => StartSsoLinkPayload, {
    description:
      'Begin to link the caller to who they are at a provider of the kind OIDC, by which they can sign in from then on; sets a cookie as startSso does',
  })
  async startSsoLink(
    @Arg('input', () => StartSsoLinkInput) { returnTo }: StartSsoLinkInput,
    @Ctx() context: MutationContext,
  ): Promise<unknown> {
    const browser = context.cookies.bindBrowser();
    return { authorizationUrl: await startSsoLink(context, context.prepared as SsoProvider, { returnTo, browser }) };
  }

  @Allow('signedIn', 10, 'inPerson')
  @Mutation(() => UnlinkSsoIdentityPayload, {
    description: "Sign in by a provider no more; with provider:manage, end that for another user. Somebody's only way in stays",
  })
  async unlinkSsoIdentity(
    @Arg('input', () => UnlinkSsoIdentityInput) { id }: UnlinkSsoIdentityInput,
    @Ctx() context: MutationContext,
  ): Promise<unknown> {
    return { user: await unlinkSsoIdentity(context, id) };
  }
}
