import { analyze } from './analyze.mjs';

/**
 * What Signalbox gives to one run of an operation.
 * @typedef {object} Run
 * @property {{ file: string, format?: 'auto' | 'access' | 'json' | 'text', top?: number }} parameters
 * @property {{ file: { path: string, name: string, sizeBytes: number } }} files
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
  toolkit.operation('analyze', analyze);
}
