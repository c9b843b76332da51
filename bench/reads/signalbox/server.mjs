// Signalbox as it is, with one more domain: the devices, bookings and people of the bench.
import { startApp } from '../../../dist/src/app.js';
import { readConfig } from '../../../dist/src/config.js';
import { createLogger } from '../../../dist/src/core/log/logger.js';
import { domains } from '../../../dist/src/domains.js';
import { composeGraph } from '../../../dist/src/graph.js';
import { thingsDomain } from '../things.mjs';
import { benchDomain } from './domain.mjs';

const config = readConfig(process.env);
const bench = benchDomain({ callerId: process.env.WITH_POLICY === 'true' ? process.env.CALLER_ID : null });
// BENCH_THINGS=100 adds as many generated entities: the speed must not depend on how much else the schema has.
const things = thingsDomain({ entities: Number(process.env.BENCH_THINGS ?? 0) });
const graph = composeGraph([...domains, bench, things]);
const app = await startApp(config, createLogger(config.LOG_LEVEL), graph);
console.log(`Signalbox is at ${app.url}`);
process.once('SIGTERM', () => void app.stop().then(() => process.exit(0)));
