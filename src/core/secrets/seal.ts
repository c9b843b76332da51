import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';

const keyId = (key: Buffer): string => createHash('sha256').update(key).digest('hex').slice(0, 8);

/** Encrypts a text with AES-256-GCM, bound to `context` (the row that it belongs to); the result names its key. */
export function seal(key: Buffer, text: string, context: string): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(context));
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return ['v1', keyId(key), Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64')].join(':');
}

/** Decrypts what `seal` made; throws for another key, another context or a changed text. */
export function unseal(key: Buffer, sealed: string, context: string): string {
  const [version, id, body] = sealed.split(':');
  if (version !== 'v1' || !body) throw new Error('This is no sealed text');
  if (id !== keyId(key)) throw new Error(`Sealed with the key ${id}, but ENCRYPTION_KEY is ${keyId(key)}`);
  const bytes = Buffer.from(body, 'base64');
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12))
    .setAAD(Buffer.from(context))
    .setAuthTag(bytes.subarray(12, 28));
  return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8');
}
