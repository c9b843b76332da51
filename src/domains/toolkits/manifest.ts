import { z } from 'zod';
import { ownSlugs } from '#core/jobs/own-slugs.js';
import { dashboardCard } from './dashboard-card.js';
import { manifestOperation } from './manifest-operation.js';
import { manifestSetting } from './manifest-setting.js';

const path = (form: RegExp, what: string) => z.string().max(200).regex(form, `must be ${what} below the folder of the toolkit`);
const module = path(/^[\w-]+(?:\/[\w-]+)*\.m?js$/, 'a .mjs or .js file');
const exported = z.string().max(100).regex(/^\w+$/, 'must be the name of an exported function');

/** The form of a slug: safe in a URL, and the name of a folder on every system. */
export const slugForm = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;

/** `toolkit.json`: what a toolkit folder says of itself. */
export const toolkitManifest = z
  .strictObject({
    slug: z
      .string()
      .max(60)
      .regex(slugForm, 'must consist of lower-case letters, digits and single hyphens')
      .refine((value) => !(ownSlugs as readonly string[]).includes(value), 'is the slug of operations of Signalbox itself'),
    name: z.string().min(1),
    version: z.string().min(1),
    description: z.string().min(1),
    category: z.string().min(1),
    tags: z.array(z.string()).default([]),
    workerModule: module,
    workerRegisterAttr: exported.default('register'),
    operations: z.record(z.string().regex(/^[a-z][a-zA-Z0-9]*$/, 'must be the name of an operation'), manifestOperation),
    settings: z.record(z.string().regex(/^[a-z][a-zA-Z0-9]*$/, 'must be the name of a setting'), manifestSetting).default({}),
    // Of toolkits that come from elsewhere: kept and shown, never run.
    backendModule: z.string().min(1).max(200).nullable().default(null),
    backendRouterAttr: z.string().min(1).max(100).nullable().default(null),
    // In a folder of its own: all of that is served.
    frontendEntry: path(/^[\w-]+(?:\/[\w-]+)*\/[\w-]+\.html$/, 'an .html file in a folder')
      .nullable()
      .default(null),
    frontendSourceEntry: path(/^[\w-][\w.-]*(?:\/[\w-][\w.-]*)*$/, 'a file')
      .nullable()
      .default(null),
    dashboardCards: z.array(dashboardCard).max(20).default([]),
    dashboardContextModule: module.nullable().default(null),
    dashboardContextAttr: exported.nullable().default(null),
  })
  .refine(({ dashboardContextModule, dashboardContextAttr }) => dashboardContextAttr === null || dashboardContextModule !== null, {
    path: ['dashboardContextAttr'],
    error: 'needs a dashboardContextModule',
  })
  .superRefine(({ dashboardCards, operations }, context) => {
    for (const [i, { operation }] of dashboardCards.entries())
      if (operation !== undefined && !Object.hasOwn(operations, operation))
        context.addIssue({ code: 'custom', path: ['dashboardCards', i, 'operation'], message: 'must be one of the operations' });
  });

/** A validated manifest. */
export type ToolkitManifest = z.infer<typeof toolkitManifest>;
