import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { Allow } from '#core/graph/access.js';
import type { MutationContext } from '#core/graph/mutation.js';
import { uploadToolkitBundle } from './bundle/upload-toolkit-bundle.js';
import { clearToolkitRemoval } from './clear-toolkit-removal.js';
import { disableToolkit } from './disable-toolkit.js';
import { enableToolkit } from './enable-toolkit.js';
import { registerToolkit } from './register-toolkit.js';
import { Toolkit } from './toolkit.entity.js';
import {
  ClearToolkitRemovalInput,
  DisableToolkitInput,
  EnableToolkitInput,
  RegisterToolkitInput,
  UninstallToolkitInput,
  UploadToolkitBundleInput,
} from './toolkit.inputs.js';
import {
  ClearToolkitRemovalPayload,
  DisableToolkitPayload,
  EnableToolkitPayload,
  RegisterToolkitPayload,
  UninstallToolkitPayload,
  UploadToolkitBundlePayload,
} from './toolkit.payloads.js';
import { uninstallToolkit } from './uninstall-toolkit.js';

/** What can be done with toolkits; every process follows without a restart. */
@Resolver(() => Toolkit)
export class ToolkitResolver {
  @Allow('toolkit:manage', 100)
  @Mutation(() => RegisterToolkitPayload, {
    description:
      'Take up the folder of that name below TOOLKIT_STORAGE_DIR, or bring a toolkit up to its folder, when its manifest is in order and its worker module can be loaded',
  })
  async registerToolkit(
    @Arg('input', () => RegisterToolkitInput) { slug }: RegisterToolkitInput,
    @Ctx() context: MutationContext,
  ): Promise<unknown> {
    return { toolkit: await registerToolkit(context, slug) };
  }

  @Allow('toolkit:manage', 10)
  @Mutation(() => EnableToolkitPayload, {
    description: 'Let jobs of a toolkit be started again; its schedules go on with their next times',
  })
  async enableToolkit(
    @Arg('input', () => EnableToolkitInput) input: EnableToolkitInput,
    @Ctx() context: MutationContext,
  ): Promise<unknown> {
    return { toolkit: await enableToolkit(context, input) };
  }

  @Allow('toolkit:manage', 10)
  @Mutation(() => DisableToolkitPayload, {
    description: 'Let no job of a toolkit be started any more, by nobody and no schedule; jobs that were accepted before still run',
  })
  async disableToolkit(
    @Arg('input', () => DisableToolkitInput) input: DisableToolkitInput,
    @Ctx() context: MutationContext,
  ): Promise<unknown> {
    return { toolkit: await disableToolkit(context, input) };
  }

  @Allow('toolkit:manage', 10)
  @Mutation(() => UninstallToolkitPayload, {
    description:
      'Remove a toolkit for good: its slug comes back only after clearToolkitRemoval. The folder of an uploaded bundle is removed, any other stays',
  })
  async uninstallToolkit(
    @Arg('input', () => UninstallToolkitInput) input: UninstallToolkitInput,
    @Ctx() context: MutationContext,
  ): Promise<unknown> {
    return { toolkitRemoval: await uninstallToolkit(context, input) };
  }

  @Allow('toolkit:manage', 10)
  @Mutation(() => ClearToolkitRemovalPayload, {
    description: 'Allow a slug again whose toolkit was uninstalled; registerToolkit, an upload or the next start then installs it',
  })
  async clearToolkitRemoval(
    @Arg('input', () => ClearToolkitRemovalInput) { slug }: ClearToolkitRemovalInput,
    @Ctx() context: MutationContext,
  ): Promise<unknown> {
    return { slug: await clearToolkitRemoval(context, slug) };
  }

  @Allow('toolkit:manage', 200)
  @Mutation(() => UploadToolkitBundlePayload, {
    description:
      'Install a toolkit out of an uploaded bundle, or replace one that came so; for superusers only, and only while the feature flag toolkits.bundleUpload is on',
  })
  async uploadToolkitBundle(
    @Arg('input', () => UploadToolkitBundleInput) input: UploadToolkitBundleInput,
    @Ctx() context: MutationContext,
  ): Promise<unknown> {
    return { toolkit: await uploadToolkitBundle(context, input) };
  }
}
