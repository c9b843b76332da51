import { Changed, Payload } from '#core/graph/payload.js';
import { ModuleRequest } from './module-request.entity.js';
import { NetworkAccessRequest } from './network-access-request.entity.js';

/** A host was asked for. */
@Payload('A host was asked for: its approval waits')
export class RequestNetworkAccessPayload {
  @Changed(() => NetworkAccessRequest, 'The request')
  networkAccessRequest!: NetworkAccessRequest;
}

/** A module was asked for. */
@Payload('A Python module was asked for: its approval waits')
export class RequestModulePayload {
  @Changed(() => ModuleRequest, 'The request')
  moduleRequest!: ModuleRequest;
}

/** A host was taken back. */
@Payload('What a request for a host allowed was taken back; another request may still allow the same')
export class RevokeNetworkAccessPayload {
  @Changed(() => NetworkAccessRequest, 'The request')
  networkAccessRequest!: NetworkAccessRequest;
}

/** A module was taken back. */
@Payload('What a request for a Python module allowed was taken back; another request may still allow the same')
export class RevokeModulePayload {
  @Changed(() => ModuleRequest, 'The request')
  moduleRequest!: ModuleRequest;
}
