import { storeUpload } from '#domains/files/index.js';
import { SigningKeys } from '#domains/identity/index.js';
import { findJobFile } from '#domains/jobs/index.js';
import type { AppError } from '#core/errors/app-error.js';
import type { GraphSystem } from '#core/graph/context.js';
import { recordDenial } from '#core/graph/mutation.js';
import { authorize } from '#core/policy/actor.js';
import { readClient } from '#core/server/client-request.js';
import type { Handler } from '#core/server/http-server.js';
import type { Metrics } from '#core/server/metrics.js';
import { receiveUpload } from '#core/server/receive-upload.js';
import { respondJson } from '#core/server/respond.js';
import { sendFile } from '#core/server/send-file.js';
import type { Config } from '../config.js';
import type { ContextFor } from './operation-context.js';
import { probeRoutes } from './probe-routes.js';

/** What programs ask for beside GraphQL: uploads, files of jobs, probes, metrics and the public keys of access tokens. */
export function machineRoutes(system: GraphSystem, config: Config, contextFor: ContextFor, metrics: Metrics): Record<string, Handler> {
  const { services } = system;
  return {
    'POST /uploads': async (request, response) => {
      const context = await contextFor(readClient(request, config), new AbortController().signal);
      try {
        authorize(context.actor, 'file:upload');
      } catch (error) {
        await recordDenial(context, 'upload', error as AppError);
        throw error;
      }
      const { id, name, sizeBytes, sha256 } = await receiveUpload(request, (fileName, content) =>
        storeUpload(system, context, fileName, content),
      );
      respondJson(response, 201, { id, name, sizeBytes, sha256 });
    },
    'GET /files/*': async (request, response) => {
      const { actor } = await contextFor(readClient(request, config), new AbortController().signal);
      authorize(actor, 'signedIn');
      const id = request.url!.split('?')[0]!.slice('/files/'.length);
      const { sha256, ...file } = await findJobFile(system, actor, id);
      await sendFile(request, response, { ...file, etag: `"${sha256}"` });
    },
    ...probeRoutes(system, metrics),
    'GET /.well-known/jwks.json': async (_request, response) => respondJson(response, 200, services.get(SigningKeys).jwks),
  };
}
