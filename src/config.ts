import { existsSync, realpathSync, statSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import { z } from 'zod';
import { logLevels } from '#core/log/logger.js';

const url = (...protocols: string[]) =>
  z
    .string()
    .refine(
      (value) => URL.canParse(value) && protocols.includes(new URL(value).protocol),
      `must be a URL that starts with ${protocols.map((p) => `${p}//`).join(' or ')}`,
    );
const withoutPath = (value: string): boolean => new URL(value).pathname === '/' && !/[?#]/.test(value);
const isOrigin = (value: string): boolean => URL.canParse(value) && new URL(value).origin === value;
const flag = z.enum(['true', 'false']).transform((value) => value === 'true');
const number = (least: number, most: number) =>
  z.string().regex(/^\d+$/, 'must be a whole number').transform(Number).pipe(z.number().min(least).max(most));
const folders = z.string().transform((value, context) =>
  value
    .split(':')
    .filter(Boolean)
    .map((folder) => {
      if (!isAbsolute(folder) || !existsSync(folder) || !statSync(folder).isDirectory()) {
        context.addIssue({ code: 'custom', message: `${folder} is not an existing folder with an absolute path` });
        return folder;
      }
      return realpathSync(folder);
    }),
);

/** Every setting that the environment may carry, with its bounds and default; `docs/settings.md` is checked against it. */
export const settings = z.object({
  HOST: z.string().min(1).default('127.0.0.1').describe('Address to listen on'),
  PORT: number(0, 65535).default(4000).describe('Port to listen on; 0 picks a free one'),
  PUBLIC_URL: url('http:', 'https:')
    .refine((value) => !URL.canParse(value) || withoutPath(value), 'must have no path')
    .optional()
    .describe('How browsers reach the server, without a path; default: http://HOST:PORT'),
  TRUST_PROXY: flag.default(false).describe('Take the client address from X-Forwarded-For'),
  ALLOWED_ORIGINS: z
    .string()
    .transform((value) =>
      value
        .split(',')
        .map((origin) => origin.trim())
        .filter(Boolean),
    )
    .pipe(z.array(z.string().refine(isOrigin, 'must be an origin such as https://ui.example.com, without a slash at its end')))
    .default([])
    .describe('Further web origins, comma separated, whose pages may call the API'),
  DATA_DIR: z
    .string()
    .min(1)
    .default('./data')
    .transform((value) => resolve(value))
    .describe('Folder for the embedded database, uploads and generated keys'),
  DATABASE_URL: url('postgres:', 'postgresql:')
    .optional()
    .describe('PostgreSQL server to use (15 or newer); default: an embedded one in DATA_DIR'),
  REDIS_URL: url('redis:', 'rediss:')
    .optional()
    .describe('Redis that carries the bell between processes, and the telemetry of jobs; default: PostgreSQL carries the bell'),
  ROLE: z.enum(['api', 'worker', 'all']).default('all').describe('What this process does: answer the API, run jobs, or both'),
  WORKER_CONCURRENCY: number(1, 256).default(4).describe('Jobs that one process runs at the same time'),
  WORKER_PORT: number(1, 65535)
    .optional()
    .describe('Port on which a process with the role worker answers /healthz, /readyz and /metrics; default: none'),
  JOB_RETENTION_DAYS: number(1, 36_500).default(30).describe('After how many days jobs that have ended are deleted'),
  JOB_LOG_BYTES: number(1024, Number.MAX_SAFE_INTEGER)
    .default(64 * 1024 ** 2)
    .describe('What the log of a job may hold when its operation does not say'),
  TOOLKIT_STORAGE_DIR: z
    .string()
    .min(1)
    .default('./toolkits')
    .transform((value) => resolve(value))
    .describe('Folder of the toolkits, one subfolder each'),
  FILE_ROOTS: folders.default([]).describe('Folders, separated by colons, below which operations may read files by their path'),
  MAX_UPLOAD_BYTES: number(1, Number.MAX_SAFE_INTEGER)
    .default(10 * 1024 ** 3)
    .describe('Largest file that can be uploaded'),
  MAX_BODY_BYTES: number(1024, 1024 ** 3)
    .default(1024 ** 2)
    .describe('Largest GraphQL request or socket message'),
  MAX_COST: number(1, Number.MAX_SAFE_INTEGER)
    .default(100_000)
    .describe('Most that one operation may cost; an object that it may return costs about one point'),
  MAX_DEPTH: number(1, 1000).default(24).describe('How many levels of fields an operation may nest'),
  MAX_ALIASES: number(0, 10_000).default(200).describe('How many aliases a document may have'),
  ENCRYPTION_KEY: z
    .string()
    .refine((value) => Buffer.from(value, 'base64').length === 32, 'must be 32 bytes in base64, such as `openssl rand -base64 32` prints')
    .optional()
    .describe('Key that encrypts stored secrets; default outside production: one is made in DATA_DIR'),
  ADMIN_USERNAME: z.string().min(1).max(100).default('admin').describe('Name of the first administrator'),
  ADMIN_PASSWORD: z
    .string()
    .min(12, 'must have at least 12 characters')
    .optional()
    .describe('Password of the first administrator; default: a one-time link is printed'),
  LOG_LEVEL: z.enum(logLevels).default('info').describe('Least level that is logged'),
  NODE_ENV: z.enum(['production', 'development', 'test']).default('development').describe('In production no secret has a default'),
  HEARTBEAT_MS: number(100, 600_000).default(15_000).describe('How often an idle feed sends an empty page'),
});

/** The validated settings of this process. */
export type Config = Readonly<z.infer<typeof settings>>;

/** Reads the settings; a bad value throws one error that names every wrong setting and the reason. */
export function readConfig(environment: NodeJS.ProcessEnv): Config {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const parsed = settings.safeParse(given);
  const problems = parsed.success ? [] : parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  if (given.NODE_ENV === 'production' && !given.ENCRYPTION_KEY) problems.push('ENCRYPTION_KEY: must be set in production');
  if (!parsed.success || problems.length > 0) throw new Error(`The settings are wrong:\n  ${problems.join('\n  ')}`);
  return Object.freeze(parsed.data);
}
