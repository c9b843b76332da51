import { Extensions } from 'type-graphql';
import type { Access } from '#core/policy/actor.js';

/**
 * States who may use a query, mutation or subscription, and what it costs in points besides the objects that it returns; a root field
 * without it stops the start.
 */
export const Allow = (access: Access, cost: number): MethodDecorator => Extensions({ access, cost }) as MethodDecorator;
