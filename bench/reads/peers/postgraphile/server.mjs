import { createServer } from 'node:http';
import { postgraphile } from 'postgraphile';
import { grafserv } from 'postgraphile/grafserv/node';
import { preset } from './preset.mjs';

const instance = postgraphile(preset({ databaseUrl: process.env.DATABASE_URL, withPolicy: process.env.WITH_POLICY === 'true' }));
const server = createServer();
await instance.createServ(grafserv).addTo(server);
await instance.getSchema();
server.listen(0, '127.0.0.1', () => console.log(`PostGraphile is at http://127.0.0.1:${server.address().port}`));
process.once('SIGTERM', () => process.exit(0));
