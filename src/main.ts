import 'reflect-metadata';
import { createLogger } from '#core/log/logger.js';
import { startApp, type App } from './app.js';
import { readConfig, type Config } from './config.js';
import { graph } from './domains.js';

const stopMs = 20_000;

function configOrExit(): Config {
  try {
    return readConfig(process.env);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exit(2);
  }
}

function welcome({ url, signInLink }: App): string {
  const lines = url === null ? ['Signalbox worker is running.'] : [`Signalbox is at ${url}`];
  if (signInLink) lines.push('', 'Sign in with this link; it works once, within a day:', '', `  ${signInLink}`);
  return ['', ...lines, '', 'Stop it with Ctrl-C.', ''].join('\n');
}

const config = configOrExit();
const log = createLogger(config.LOG_LEVEL);
process.on('unhandledRejection', (err) => log.error({ err }, 'a promise was rejected and nobody looked'));

let app: App | null = null;
let stopping: Promise<never> | null = null;
const stop = (reason: string, code = 0): Promise<never> =>
  (stopping ??= (async () => {
    log.info({ reason }, 'stopping');
    setTimeout(() => process.exit(1), stopMs).unref();
    await app?.stop();
    process.exit(code);
  })());

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop(signal));
// The wrapper that `npm start` runs is gone: nobody would stop this process any more.
if (process.env.SIGNALBOX_SUPERVISED === '1') process.on('disconnect', () => void stop('the wrapper has ended'));

try {
  app = await startApp(config, log, graph);
  void app.failed.then((reason) => {
    log.error({ reason }, 'cannot go on');
    return stop(reason, 1);
  });
  process.stdout.write(`${welcome(app)}\n`);
} catch (error) {
  log.error({ err: error }, 'could not start');
  process.stderr.write(`\nSignalbox could not start: ${(error as Error).message}\n`);
  process.exit(1);
}
