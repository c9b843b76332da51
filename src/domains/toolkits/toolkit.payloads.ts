import { Field } from 'type-graphql';
import { Changed, Payload } from '#core/graph/payload.js';
import { ToolkitRemoval } from './toolkit-removal.entity.js';
import { Toolkit } from './toolkit.entity.js';

/** A toolkit was registered. */
@Payload('A toolkit was registered, as its folder is now')
export class RegisterToolkitPayload {
  @Changed(() => Toolkit, 'The toolkit')
  toolkit!: Toolkit;
}

/** A toolkit was enabled. */
@Payload('A toolkit is enabled')
export class EnableToolkitPayload {
  @Changed(() => Toolkit, 'The toolkit')
  toolkit!: Toolkit;
}

/** A toolkit was disabled. */
@Payload('A toolkit is disabled')
export class DisableToolkitPayload {
  @Changed(() => Toolkit, 'The toolkit')
  toolkit!: Toolkit;
}

/** A toolkit was uninstalled. */
@Payload('A toolkit was uninstalled; its jobs stay, and belong to no toolkit any more')
export class UninstallToolkitPayload {
  @Changed(() => ToolkitRemoval, 'What keeps its slug from coming back')
  toolkitRemoval!: ToolkitRemoval;
}

/** A removal was cleared. */
@Payload('A slug was allowed again; nothing is installed by that')
export class ClearToolkitRemovalPayload {
  @Field(() => String, { description: 'The slug' })
  slug!: string;
}

/** A bundle was installed. */
@Payload('A bundle was installed, or has taken the place of an earlier one')
export class UploadToolkitBundlePayload {
  @Changed(() => Toolkit, 'The toolkit')
  toolkit!: Toolkit;
}
