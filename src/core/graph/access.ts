import { Extensions } from 'type-graphql';
import type { Access } from '#core/policy/actor.js';

/** States who may use a query, mutation or subscription; a root field without it stops the start. */
export const Allow = (access: Access): MethodDecorator => Extensions({ access }) as MethodDecorator;
