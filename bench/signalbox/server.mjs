// Signalbox as it is, with one more domain: the devices, bookings and people of the bench.
import { startApp } from '../../dist/src/app.js';
import { readConfig } from '../../dist/src/config.js';
import { createLogger } from '../../dist/src/core/log/logger.js';
import { domains } from '../../dist/src/domains.js';
import { composeGraph } from '../../dist/src/graph.js';
import { benchDomain } from './domain.mjs';

const config = readConfig(process.env);
const graph = composeGraph([...domains, benchDomain({ callerId: process.env.WITH_POLICY === 'true' ? process.env.CALLER_ID : null })]);
const app = await startApp(config, createLogger(config.LOG_LEVEL), graph);
console.log(`Signalbox is at ${app.url}`);
process.once('SIGTERM', () => void app.stop().then(() => process.exit(0)));
