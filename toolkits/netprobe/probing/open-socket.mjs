import { connect } from 'node:net';

/**
 * Connects to exactly the address that was checked. The socket is destroyed when the signal is aborted.
 * @param {import('../guard/guard.mjs').Checked} target
 * @param {AbortSignal} signal
 * @returns {Promise<{ socket: import('node:net').Socket, connectMs: number }>}
 */
export function openSocket({ address, port, family }, signal) {
  return new Promise((resolve, reject) => {
    const startedMs = performance.now();
    const socket = connect({ host: address, port, family, autoSelectFamily: false });
    const stop = () => socket.destroy();
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    socket.once('close', () => signal.removeEventListener('abort', stop));
    // Stays, so that an error that comes later is never one that nobody hears.
    socket.on('error', reject);
    socket.once('close', () => reject(new Error('The connection was closed')));
    socket.once('connect', () => resolve({ socket, connectMs: performance.now() - startedMs }));
  });
}
