import { existsSync, readFileSync } from 'node:fs';

// Built, this file lies one folder deeper.
const file = ['../package.json', '../../package.json'].map((path) => new URL(path, import.meta.url)).find((url) => existsSync(url))!;

/** The version of Signalbox that runs. */
export const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string };
