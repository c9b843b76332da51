import { readFile } from 'node:fs/promises';

const signature = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/** The signatures of checkpoints in a file: one a line, or lines of the log of a server, of which others are left out. */
export async function readCheckpoints(path: string): Promise<string[]> {
  const found = (await readFile(path, 'utf8')).split('\n').flatMap((text, at) => signaturesIn(text.trim(), `${path}, line ${at + 1}`));
  if (found.length === 0) throw new Error(`${path} holds no checkpoint`);
  return found;
}

function signaturesIn(text: string, at: string): string[] {
  if (text === '') return [];
  if (signature.test(text)) return [text];
  const line = parsed(text, at);
  return typeof line.signature === 'string' && typeof line.digest === 'string' ? [line.signature] : [];
}

function parsed(text: string, at: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    throw new Error(`${at}, is neither a checkpoint nor a line of a log`);
  }
}
