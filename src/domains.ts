import 'reflect-metadata';
import type { Domain } from '#core/graph/domain.js';
import { files } from '#domains/files/domain.js';
import { identity } from '#domains/identity/domain.js';
import { jobs } from '#domains/jobs/domain.js';
import { observability } from '#domains/observability/domain.js';
import { composeGraph } from './graph.js';

/** The domains that make up the graph. */
export const domains: readonly Domain[] = [identity, files, observability, jobs];

/** What they make up together. */
export const graph = composeGraph(domains);
