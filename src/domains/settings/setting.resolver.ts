import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, Info, Mutation, Query, Resolver } from 'type-graphql';
import { sql } from '#core/database/sql.js';
import { Allow } from '#core/graph/access.js';
import type { GraphContext } from '#core/graph/context.js';
import type { MutationContext } from '#core/graph/mutation.js';
import { GlobalConfig } from './global-config.entity.js';
import { resetSetting } from './reset-setting.js';
import { setSetting } from './set-setting.js';
import { Setting } from './setting.entity.js';
import { ResetSettingInput, SetSettingInput } from './setting.inputs.js';
import { ResetSettingPayload, SetSettingPayload } from './setting.payloads.js';

/** What can be done with settings. */
@Resolver(() => Setting)
export class SettingResolver {
  @Allow('signedIn', 2)
  @Query(() => GlobalConfig, { description: 'What holds for the whole installation' })
  async globalConfig(@Ctx() { reader }: GraphContext, @Info() info: GraphQLResolveInfo): Promise<unknown> {
    const [row] = await reader.execute<{ id: string }>(sql`select id from global_configs where config_key = 'main'`);
    return reader.byId(GlobalConfig, row!.id, info);
  }

  @Allow('setting:write', 10)
  @Mutation(() => SetSettingPayload, { description: 'Set a setting; it takes effect on every node without a restart' })
  async setSetting(@Arg('input', () => SetSettingInput) input: SetSettingInput, @Ctx() context: MutationContext): Promise<unknown> {
    return { setting: await setSetting(context, input) };
  }

  @Allow('setting:write', 10)
  @Mutation(() => ResetSettingPayload, { description: 'Take back what was set, so that the default of a setting holds again' })
  async resetSetting(@Arg('input', () => ResetSettingInput) input: ResetSettingInput, @Ctx() context: MutationContext): Promise<unknown> {
    return { setting: await resetSetting(context, input) };
  }
}
