import { Changed, Payload } from '#core/graph/payload.js';
import { Setting } from './setting.entity.js';

/** A setting was set. */
@Payload('A setting was set')
export class SetSettingPayload {
  @Changed(() => Setting, 'The setting')
  setting!: Setting;
}

/** A setting went back to its default. */
@Payload('A setting went back to its default')
export class ResetSettingPayload {
  @Changed(() => Setting, 'The setting')
  setting!: Setting;
}
