import { createRequire, syncBuiltinESMExports } from 'node:module';

// What Python's runtime still uses, and what is part of the language.
const kept = new Set([
  ...Object.getOwnPropertyNames(globalThis).filter((name) => /^[A-Z]/.test(name)),
  'globalThis',
  'console',
  'crypto',
  'performance',
  'setTimeout',
  'clearTimeout',
  'setInterval',
  'clearInterval',
  'setImmediate',
  'clearImmediate',
  'queueMicrotask',
  'isNaN',
  'isFinite',
  'parseInt',
  'parseFloat',
  'undefined',
  'NaN',
  'Infinity',
  'encodeURIComponent',
  'decodeURIComponent',
]);
const closed = [
  'WebSocket',
  'EventSource',
  'Worker',
  'SharedWorker',
  'BroadcastChannel',
  'MessageChannel',
  'MessagePort',
  'Request',
  'Response',
];

const modules = `child_process cluster dgram dns dns/promises fs fs/promises http http2 https inspector inspector/promises module net os
 repl sea sqlite tls trace_events v8 vm wasi worker_threads`.split(/\s+/);
// Node.js itself needs the rest of its process.
const ofProcess = `binding dlopen kill _kill _debugProcess _debugEnd _linkedBinding _rawDebug _startProfilerIdleNotifier abort chdir execve
 getBuiltinModule loadEnvFile mainModule openStdin report initgroups setgroups setuid setgid seteuid setegid umask`.split(/\s+/);

/**
 * Takes away what leads out of JavaScript: globals of Node.js, and every function of its modules that touches the machine. This is
 * the second wall; the process has no rights either.
 */
export function lockRealm(): void {
  const require = createRequire(import.meta.url);
  const gutted = modules.flatMap((name) => found(require, name));
  for (const name of ofProcess) remove(process, name);
  for (const name of Object.getOwnPropertyNames(globalThis)) if (!kept.has(name) || closed.includes(name)) remove(globalThis, name);
  for (const each of gutted) gut(each);
  syncBuiltinESMExports();
  // It would be called with the frames of the callers.
  Object.defineProperty(Error, 'prepareStackTrace', { value: undefined, writable: false, configurable: false });
}

function found(require: NodeJS.Require, name: string): object[] {
  try {
    return [require(`node:${name}`) as object];
  } catch {
    // This Node.js has no such module, or the process may not have it.
    return [];
  }
}

function remove(from: object, name: string): void {
  if (Reflect.deleteProperty(from, name)) return;
  Reflect.set(from, name, undefined);
}

function gut(module: object): void {
  for (const name of Object.getOwnPropertyNames(module)) {
    const { value } = Object.getOwnPropertyDescriptor(module, name)!;
    if (typeof value !== 'function' && (typeof value !== 'object' || value === null)) continue;
    remove(module, name);
  }
}
