import { readFileSync } from 'node:fs';
import type { Documents } from '#core/server/documents.js';

/** Reads trusted documents by their ids, as graphql-codegen's client preset writes them; throws when one of them would not be answered. */
export function readManifest(path: string, documents: Documents): ReadonlyMap<string, string> {
  const fail = (why: string): never => {
    throw new Error(`TRUSTED_DOCUMENTS: ${path} ${why}`);
  };
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    return fail(`cannot be read: ${(error as Error).message}`);
  }
  if (typeof content !== 'object' || content === null || Array.isArray(content))
    return fail('is not a JSON object of documents by their ids');
  const manifest = new Map<string, string>();
  for (const [id, text] of Object.entries(content)) {
    if (typeof text !== 'string') return fail(`has no text for the document ${id}`);
    const document = documents.get(text);
    if (!('kind' in document)) return fail(`has a document ${id} that does not fit the schema: ${document[0]!.message}`);
    manifest.set(id, text);
  }
  return manifest;
}
