import { badInput } from '#core/errors/bad-input.js';
import type { Actor } from '#core/policy/actor.js';
import type { TrustedDocuments } from './trusted-documents.js';

/** The query part of a URL with the text of the trusted document that it names; throws when the document may not be asked for. */
export function namedInUrl(search: string, documents: TrustedDocuments, actor: Actor): string {
  const given = new URLSearchParams(search);
  const request = {
    query: given.get('query') ?? undefined,
    documentId: given.get('documentId') ?? undefined,
    extensions: parsed(given.get('extensions')),
  };
  const resolved = documents.resolve(request, actor);
  if (resolved === request) return search;
  given.delete('documentId');
  given.delete('extensions');
  if (resolved.extensions !== undefined) given.set('extensions', JSON.stringify(resolved.extensions));
  given.set('query', String(resolved.query));
  return `?${given}`;
}

function parsed(text: string | null): unknown {
  try {
    return text === null ? undefined : JSON.parse(text);
  } catch {
    throw badInput('extensions must be JSON');
  }
}
