import { AppError } from '#core/errors/app-error.js';
import { badInput } from '#core/errors/bad-input.js';
import type { Actor } from '#core/policy/actor.js';
import { accountDocuments } from './account-page.js';
import { signInDocument } from './sign-in-document.js';

/** Which documents are trusted, and whether others are answered. */
export interface TrustedDocumentsOptions {
  /** The documents by their ids, as code generation writes them. */
  manifest: ReadonlyMap<string, string>;
  isRequired: boolean;
  /** Whether superusers may send any document all the same. */
  superusersSendAny(): boolean;
}

/** The parts of a request by which it names its document. */
interface Named {
  query?: unknown;
  documentId?: unknown;
  extensions?: unknown;
}

/**
 * Documents that were registered beforehand, and are asked for by their id: `documentId`, as the appendix on persisted documents of GraphQL
 * over HTTP has it, or `extensions.persistedQuery.sha256Hash`, as Apollo's and Yoga's clients send it.
 */
export class TrustedDocuments {
  readonly #texts: ReadonlySet<string>;

  constructor(readonly options: TrustedDocumentsOptions) {
    this.#texts = new Set([...options.manifest.values(), signInDocument, ...accountDocuments]);
  }

  /** The same request with the text of the document that it names; throws when it may not be answered. */
  resolve<Request>(request: Request, actor: Actor): Request {
    // What is no object is none that anything is asked by, and refused by whoever reads it.
    if (!isObject(request)) return request;
    const { query } = request as Named;
    const id = idOf(request);
    if (id !== null) return this.#named(request, id);
    if (!this.options.isRequired || (typeof query === 'string' && this.#texts.has(query))) return request;
    if (actor.isSuperuser && this.options.superusersSendAny()) return request;
    throw new AppError('FORBIDDEN', 'Only trusted documents are answered here: send the id of one as documentId');
  }

  #named<Request>(request: Request & Named, id: string): Request {
    const { manifest } = this.options;
    // With the prefix of the appendix or without it, on either side.
    const text = manifest.get(id) ?? manifest.get(`sha256:${id}`) ?? manifest.get(id.replace(/^sha256:/, ''));
    if (text === undefined) throw badInput(`There is no trusted document ${id.slice(0, 100)}`, 'documentId');
    if (typeof request.query === 'string' && request.query !== '' && request.query !== text)
      throw badInput('The text that came with the request is not that of the trusted document: leave it out', 'query');
    const { documentId: _, extensions: named, ...rest } = request;
    const { persistedQuery: __, ...extensions } = (named ?? {}) as Record<string, unknown>;
    return { ...rest, ...(Object.keys(extensions).length > 0 && { extensions }), query: text } as never;
  }
}

function idOf({ documentId, extensions }: Named): string | null {
  if (typeof documentId === 'string' && documentId !== '') return documentId;
  const { persistedQuery } = (isObject(extensions) ? extensions : {}) as { persistedQuery?: { sha256Hash?: unknown } };
  return isObject(persistedQuery) && typeof persistedQuery.sha256Hash === 'string' ? persistedQuery.sha256Hash : null;
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null && !Array.isArray(value);
