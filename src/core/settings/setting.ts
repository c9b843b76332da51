import type { Severity } from '#core/feed/change.entity.js';
import { compileSchema } from '#core/errors/json-schema.js';

/** Something that people can set while everything runs. */
export interface SettingDeclaration<Value = unknown> {
  /** `<domain or toolkit slug>.<name>` */
  readonly key: string;
  readonly description: string;
  /** JSON Schema (draft 2020-12) of its value. */
  readonly schema: object;
  /** What holds while nobody has set it. */
  readonly default: Value;
  /** Its value is a secret: stored sealed, and never shown. */
  readonly isEncrypted: boolean;
  /** Switches something on or off, and is seen by whoever is signed in. */
  readonly isFeatureFlag: boolean;
  /** Protects who gets in and what of them is recorded: to change it, a person has to have shown lately who they are. */
  readonly requiresProof?: boolean;
  /** How much a change of it matters in the audit trail; `MEDIUM` when left out. */
  readonly severity?: Severity;
}

type Declared<Value> = Omit<SettingDeclaration<Value>, 'isEncrypted' | 'isFeatureFlag'> &
  Partial<Pick<SettingDeclaration, 'isEncrypted' | 'isFeatureFlag'>>;

const keyShape = /^[a-z0-9][\w-]*(?:\.[\w-]+)+$/i;

/** Declares a setting, whose values are of the type of its default; throws when the declaration does not fit together. */
export function setting<Value>(declared: Declared<Value>): SettingDeclaration<Value> {
  const { key, isEncrypted = false, isFeatureFlag = false } = declared;
  if (!keyShape.test(key)) throw new Error(`The setting "${key}" must be called <domain or toolkit slug>.<name>`);
  if (isFeatureFlag && (typeof declared.default !== 'boolean' || isEncrypted))
    throw new Error(`The setting ${key} is a feature flag, so its default must be true or false, and it cannot be encrypted`);
  // Nothing is a default of every setting: it says that there is none.
  const misfits = declared.default === null ? [] : compileSchema(declared.schema)(declared.default, 'default');
  if (misfits.length > 0)
    throw new Error(`The default of the setting ${key} does not fit its schema: ${misfits.map(({ message }) => message).join('; ')}`);
  return { ...declared, isEncrypted, isFeatureFlag };
}
