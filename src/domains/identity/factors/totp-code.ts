import { Secret, TOTP } from 'otpauth';

const periodSeconds = 30;

const totpOf = (secret: string, label = ''): TOTP =>
  new TOTP({ issuer: 'Signalbox', label, algorithm: 'SHA1', digits: 6, period: periodSeconds, secret: Secret.fromBase32(secret) });

/** A new secret of 160 bits, in base32. */
export const newTotpSecret = (): string => new Secret({ size: 20 }).base32;

/** What an app reads from a QR code. */
export const totpUri = (secret: string, username: string): string => totpOf(secret, username).toString();

/** The time step of a code, which is the present one or one beside it; null when the code is of none of them. */
export function stepOfCode(secret: string, code: string, now: Date): number | null {
  if (!/^\d{6}$/.test(code)) return null;
  const delta = totpOf(secret).validate({ token: code, timestamp: now.getTime(), window: 1 });
  return delta === null ? null : Math.floor(now.getTime() / 1000 / periodSeconds) + delta;
}
