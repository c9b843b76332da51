import { guessLevel } from '../levels/guess-level.mjs';
import { levelOfName } from '../levels/level-of-name.mjs';
import { levelOfNumber } from '../levels/level-of-number.mjs';
import { levelOfStatus } from '../levels/level-of-status.mjs';
import { readAnyTime } from '../times/read-any-time.mjs';
import { readJsonFields } from './read-json-fields.mjs';
import { readJsonRequest } from './read-json-request.mjs';

const BRACE_OPEN = 123;
const BRACE_CLOSE = 125;

/**
 * Reads a JSON line as pino, bunyan, winston, logstash, zap and their like write it.
 * @param {string} line
 * @returns {import('./entry.mjs').Entry | null}
 */
export function parseJson(line) {
  if (line.charCodeAt(0) !== BRACE_OPEN) return null;
  const text = line.trimEnd();
  if (text.charCodeAt(text.length - 1) !== BRACE_CLOSE) return null;
  const object = parseObject(text);
  if (!object) return null;
  const fields = readJsonFields(object);
  const request = readJsonRequest(fields);
  const time = readAnyTime(fields.time);
  const message = fields.message === undefined ? undefined : String(fields.message).trimEnd();
  return {
    format: 'json',
    timeMs: time?.timeMs,
    hasZone: time?.hasZone ?? true,
    level: readLevel(fields.level) ?? impliedLevel(request, message),
    message,
    request,
  };
}

/** @param {string} text */
function parseObject(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** @param {unknown} value */
function readLevel(value) {
  const number = typeof value === 'string' && value !== '' ? Number(value) : value;
  if (typeof number === 'number' && !Number.isNaN(number)) return levelOfNumber(number);
  return typeof value === 'string' ? levelOfName(value) : undefined;
}

/**
 * @param {import('./entry.mjs').Request | undefined} request
 * @param {string | undefined} message
 */
function impliedLevel(request, message) {
  if (request?.status !== undefined) return levelOfStatus(request.status);
  return (message === undefined ? undefined : guessLevel(message)) ?? 'UNKNOWN';
}
