import { MaxLength } from 'class-validator';
import { Field, ID, InputType, Int } from 'type-graphql';

/** A toolkit by its slug. */
@InputType()
abstract class SlugInput {
  @Field(() => String, { description: 'Slug of the toolkit' })
  @MaxLength(60)
  slug!: string;
}

/** A toolkit that is installed. */
@InputType()
abstract class InstalledInput extends SlugInput {
  @Field(() => Int, { nullable: true, description: 'Revision that was seen; another one is a conflict. Not checked when left out' })
  expectedRevision?: number | null;
}

/** Which folder to read. */
@InputType({ description: 'Which folder to read' })
export class RegisterToolkitInput extends SlugInput {}

/** Which toolkit to enable. */
@InputType({ description: 'Which toolkit to enable' })
export class EnableToolkitInput extends InstalledInput {}

/** Which toolkit to disable. */
@InputType({ description: 'Which toolkit to disable' })
export class DisableToolkitInput extends InstalledInput {}

/** Which toolkit to uninstall. */
@InputType({ description: 'Which toolkit to uninstall' })
export class UninstallToolkitInput extends InstalledInput {
  @Field(() => Boolean, {
    defaultValue: false,
    description:
      'Whether its jobs that have not ended are cancelled, which needs job:cancel; otherwise they keep it from being uninstalled',
  })
  cancelJobs!: boolean;

  @Field(() => String, { nullable: true, description: 'Why, for whoever looks at the removal later; at most 500 characters' })
  @MaxLength(500)
  reason?: string | null;
}

/** Which removal to clear. */
@InputType({ description: 'Which removal to clear' })
export class ClearToolkitRemovalInput extends SlugInput {}

/** Which bundle to install. */
@InputType({ description: 'Which bundle to install' })
export class UploadToolkitBundleInput {
  @Field(() => ID, {
    description:
      'Id of an upload: a .zip file with toolkit.json at its root, or in a folder that holds everything and is named by the slug',
  })
  file!: string;

  @Field(() => String, { nullable: true, description: 'Slug that the toolkit must have; any when left out' })
  @MaxLength(60)
  slug?: string | null;
}
