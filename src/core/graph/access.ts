import { Extensions } from 'type-graphql';
import type { Access, Presence } from '#core/policy/actor.js';

/**
 * States who may use a query, mutation or subscription, and what it costs in points besides the objects that it returns; a root field
 * without it stops the start. What gives or takes ways in is done `inPerson`: no API token may.
 */
export const Allow = (access: Access, cost: number, presence: Presence = 'byToken'): MethodDecorator =>
  Extensions({ access, cost, presence }) as MethodDecorator;
