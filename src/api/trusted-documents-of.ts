import { superusersSendAny } from '#core/graph/graph.settings.js';
import type { Documents } from '#core/server/documents.js';
import { TrustedDocuments } from '#core/server/trusted-documents.js';
import type { Settings } from '#core/settings/settings.js';
import type { Config } from '../config.js';
import { readManifest } from './read-manifest.js';

/** The documents that this process trusts, as its environment says; throws when it may not start with them. */
export const trustedDocumentsOf = (config: Config, settings: Settings, documents: Documents): TrustedDocuments =>
  new TrustedDocuments({
    manifest: config.TRUSTED_DOCUMENTS === undefined ? new Map() : readManifest(config.TRUSTED_DOCUMENTS, documents),
    isRequired: config.REQUIRE_TRUSTED_DOCUMENTS,
    superusersSendAny: () => settings.value(superusersSendAny),
  });
