import { randomUUID } from 'node:crypto';
import { createLocalJWKSet, errors, jwtVerify, SignJWT, type JWTPayload } from 'jose';
import { AppError } from '#core/errors/app-error.js';
import type { SigningKeys } from './signing-keys.js';

const accessTokenSeconds = 600;
const issuer = 'signalbox';

/** What an access token says. */
export interface AccessClaims {
  jti: string;
  userId: string;
  sessionId: string;
  passwordVersion: number;
  expiresAt: Date;
}

/** Makes a short JWT (RFC 7519) for a session, signed with the newest key. */
export async function signAccessToken(
  keys: SigningKeys,
  claims: Pick<AccessClaims, 'userId' | 'sessionId' | 'passwordVersion'>,
  now: Date,
): Promise<{ token: string; expiresAt: Date }> {
  const { kid, privateKey } = keys.current;
  const issuedAt = Math.floor(now.getTime() / 1000);
  const token = await new SignJWT({ sid: claims.sessionId, pv: claims.passwordVersion })
    .setProtectedHeader({ alg: 'EdDSA', kid, typ: 'at+jwt' })
    .setIssuer(issuer)
    .setAudience(issuer)
    .setSubject(claims.userId)
    .setJti(randomUUID())
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + accessTokenSeconds)
    .sign(privateKey);
  return { token, expiresAt: new Date((issuedAt + accessTokenSeconds) * 1000) };
}

/** Checks a token's signature, time, issuer and audience; anything wrong is `UNAUTHENTICATED` and says what. */
export async function verifyAccessToken(keys: SigningKeys, token: string): Promise<AccessClaims> {
  try {
    const payload = await payloadOf(keys, token).catch(async (error: unknown) => {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      await keys.reload();
      return payloadOf(keys, token);
    });
    return {
      jti: payload.jti!,
      userId: payload.sub!,
      sessionId: payload.sid as string,
      passwordVersion: payload.pv as number,
      expiresAt: new Date(payload.exp! * 1000),
    };
  } catch (error) {
    if (error instanceof errors.JWTExpired)
      throw new AppError('UNAUTHENTICATED', 'The access token has expired: renew it with refreshSession');
    if (error instanceof errors.JOSEError) throw new AppError('UNAUTHENTICATED', 'The access token is not valid');
    throw error;
  }
}

async function payloadOf(keys: SigningKeys, token: string): Promise<JWTPayload> {
  const { payload } = await jwtVerify(token, createLocalJWKSet(keys.jwks), {
    algorithms: ['EdDSA'],
    issuer,
    audience: issuer,
    typ: 'at+jwt',
    requiredClaims: ['exp', 'sub', 'jti', 'sid', 'pv'],
  });
  return payload;
}
