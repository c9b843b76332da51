// A process that owns an embedded PostgreSQL, for the tests to kill: node --conditions=signalbox embedded-owner.mjs <data folder>
// It says { loaded }, waits for { startAt }, then says { url } or { error }; on { insert: true } it adds rows until it dies and
// says { acknowledged: n } for each; { interrupted } tells of a SIGINT; on { stop: true } it stops and leaves.
import { existsSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';

// The sources name their compiled neighbours; Node.js strips the types, but does not look for ./x.ts behind ./x.js.
registerHooks({
  resolve(specifier, context, next) {
    if (specifier.startsWith('./') && specifier.endsWith('.js') && context.parentURL) {
      const source = new URL(specifier.replace(/\.js$/, '.ts'), context.parentURL);
      if (existsSync(fileURLToPath(source))) return next(source.href, context);
    }
    return next(specifier, context);
  },
});

const { startEmbeddedPostgres } = await import('#core/database/embedded/start-embedded-postgres.js');
const said = (wanted) => new Promise((resolve) => process.on('message', (message) => wanted in message && resolve(message[wanted])));
process.on('SIGINT', () => process.send({ interrupted: true }));

const startAt = said('startAt');
process.send({ loaded: true });
const instant = await startAt;
while (Date.now() < instant);

let postgres;
try {
  postgres = await startEmbeddedPostgres({ dataDir: process.argv[2] });
} catch (error) {
  process.send({ error: { code: error.code, message: error.message } }, () => process.exit());
  await new Promise(() => {});
}

void said('stop').then(async () => {
  await postgres.stop();
  process.exit();
});
void said('insert').then(async () => {
  const client = new Client(postgres.url);
  await client.connect();
  await client.query('create table acknowledged (n int primary key)');
  for (let n = 1; ; n++) {
    await client.query('insert into acknowledged values ($1)', [n]);
    process.send({ acknowledged: n });
  }
});
process.send({ url: postgres.url });
