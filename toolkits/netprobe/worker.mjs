import { dns } from './dns.mjs';
import { http } from './http.mjs';
import { tcp } from './tcp.mjs';
import { tls } from './tls.mjs';

/**
 * What Signalbox gives to one run of an operation.
 * @typedef {object} Run
 * @property {Record<string, any>} parameters
 * @property {{ allowList?: string[], certificateAuthorities?: string[] }} [settings] what an administrator has set
 * @property {{ folder: string }} output
 * @property {AbortSignal} signal
 * @property {(step: { status?: string, message: string, progress: number, payload?: object }) => Promise<void>} progress
 * @property {(level: 'DEBUG' | 'INFO' | 'WARN' | 'ERROR', text: string, fields?: object) => Promise<void>} log
 */

/**
 * Registers the operations of this toolkit.
 * @param {{ operation(name: string, run: (run: Run) => Promise<object>): void }} toolkit
 */
export function register(toolkit) {
  for (const [name, run] of Object.entries({ dns, http, tcp, tls })) toolkit.operation(name, run);
}
