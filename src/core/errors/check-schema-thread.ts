// The thread that looks whether values fit schemas which anybody may have written.
import { parentPort } from 'node:worker_threads';
import type { SchemaAnswer, SchemaQuestion } from './check-schema.js';
import { compileSchema } from './json-schema.js';

parentPort!.on('message', ({ schema, value, at }: SchemaQuestion) => {
  let answer: SchemaAnswer;
  try {
    answer = { misfits: compileSchema(schema)(value, at) };
  } catch (error) {
    answer = { error: (error as Error).message };
  }
  parentPort!.postMessage(answer, []);
});
parentPort!.postMessage('ready', []);
