import { isIP } from 'node:net';
import { connect, rootCertificates } from 'node:tls';

/**
 * Begins TLS on a connected socket, and takes any certificate: whoever calls decides by `isTrusted` and `trustError`.
 * @param {import('node:net').Socket} socket
 * @param {{ servername: string, certificateAuthorities: readonly string[], alpn?: string[] }} options
 * @returns {Promise<{ secure: import('node:tls').TLSSocket, tlsMs: number, isTrusted: boolean, trustError: string | null }>}
 */
export function startTls(socket, { servername, certificateAuthorities, alpn }) {
  return new Promise((resolve, reject) => {
    const startedMs = performance.now();
    const secure = connect({
      socket,
      // No name is sent for an address; the certificate is checked against it all the same.
      ...(isIP(servername) ? { host: servername } : { servername }),
      ...(alpn && { ALPNProtocols: alpn }),
      ...(certificateAuthorities.length > 0 && { ca: [...rootCertificates, ...certificateAuthorities] }),
      rejectUnauthorized: false,
    });
    secure.on('error', reject);
    secure.once('close', () => reject(new Error('The connection was closed during the TLS handshake')));
    secure.once('secureConnect', () => {
      const error = secure.authorizationError;
      const trustError = error ? String(error.code ?? error) : null;
      resolve({ secure, tlsMs: performance.now() - startedMs, isTrusted: secure.authorized, trustError });
    });
  });
}
