import { readFile } from 'node:fs/promises';

const signature = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/**
 * The signatures of checkpoints in a file: one a line, or what a server wrote, which is lines of its log and now and then a line for
 * people; whatever is no checkpoint is left out. Rejects when there is none.
 */
export async function readCheckpoints(path: string): Promise<string[]> {
  const found = (await readFile(path, 'utf8')).split('\n').flatMap((text) => signaturesIn(text.trim()));
  if (found.length === 0) throw new Error(`${path} holds no checkpoint`);
  return found;
}

function signaturesIn(text: string): string[] {
  if (signature.test(text)) return [text];
  const line = parsed(text);
  return typeof line?.signature === 'string' && typeof line.digest === 'string' ? [line.signature] : [];
}

function parsed(text: string): Record<string, unknown> | null {
  try {
    return JSON.parse(text) as Record<string, unknown> | null;
  } catch {
    return null;
  }
}
