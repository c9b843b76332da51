import { existsSync, realpathSync, statSync } from 'node:fs';
import { BlockList, isIP, isIPv6 } from 'node:net';
import { isAbsolute, resolve } from 'node:path';
import { z } from 'zod';
import type { TrustedProxies } from '#core/server/client-address.js';
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
const list = (item: z.ZodType<string, string>) =>
  z
    .string()
    .transform((value) =>
      value
        .split(',')
        .map((each) => each.trim())
        .filter(Boolean),
    )
    .pipe(z.array(item));
const encryptionKey = z
  .string()
  .refine((value) => Buffer.from(value, 'base64').length === 32, 'must be 32 bytes in base64, such as `openssl rand -base64 32` prints');
const proxies = z.string().transform((value, context): TrustedProxies => {
  if (value === 'true' || value === 'false') return value === 'true' ? 'nearest' : 'nobody';
  const list = new BlockList();
  for (const each of value.split(',').map((part) => part.trim())) {
    const [address = '', bits, ...more] = each.split('/');
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    const most = family === 'ipv6' ? 128 : 32;
    if (!isIP(address) || more.length > 0 || (bits !== undefined && !(/^\d{1,3}$/.test(bits) && Number(bits) <= most))) {
      context.addIssue({ code: 'custom', message: `must be true, false, or addresses of proxies such as 10.0.0.0/8, separated by commas` });
      return 'nobody';
    }
    list.addSubnet(address, bits === undefined ? most : Number(bits), family);
  }
  return list;
});
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
  TRUST_PROXY: proxies
    .default('nobody')
    .describe('Take the client address from X-Forwarded-For: of whoever connects, or only of proxies with these addresses'),
  ALLOWED_ORIGINS: list(z.string().refine(isOrigin, 'must be an origin such as https://ui.example.com, without a slash at its end'))
    .default([])
    .describe('Further web origins, comma separated, whose pages may call the API'),
  TRUSTED_DOCUMENTS: z
    .string()
    .transform((value) => resolve(value))
    .optional()
    .describe('File with documents that may be asked for by their id, as graphql-codegen writes it'),
  REQUIRE_TRUSTED_DOCUMENTS: flag.default(false).describe('Answer no document that is not in TRUSTED_DOCUMENTS'),
  DATA_DIR: z
    .string()
    .min(1)
    .default('./data')
    .transform((value) => resolve(value))
    .describe('Folder for the embedded database, uploads and generated keys'),
  DATABASE_URL: url('postgres:', 'postgresql:')
    .optional()
    .describe('PostgreSQL server to use (15 or newer); default: an embedded one in DATA_DIR'),
  DB_STATEMENT_TIMEOUT_MS: number(100, 3_600_000).default(30_000).describe('How long a statement that reads for an answer may take'),
  REDIS_URL: url('redis:', 'rediss:')
    .optional()
    .describe('Redis that carries the bell between processes, and the telemetry of jobs; default: PostgreSQL carries the bell'),
  ROLE: z.enum(['api', 'worker', 'all']).default('all').describe('What this process does: answer the API, run jobs, or both'),
  WORKER_CONCURRENCY: number(1, 256).default(4).describe('Jobs that one process runs at the same time'),
  WORKER_PORT: number(1, 65535)
    .optional()
    .describe('Port on which a process with the role worker answers /healthz, /readyz and /metrics; default: none'),
  JOB_RETENTION_DAYS: number(1, 36_500)
    .default(30)
    .describe('After how many days jobs that have ended are deleted, while the setting jobs.retentionDays is left at its default'),
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
  ENCRYPTION_KEY: encryptionKey
    .optional()
    .describe('Key that encrypts stored secrets; default outside production: one is made in DATA_DIR'),
  RETIRED_ENCRYPTION_KEYS: list(encryptionKey)
    .default([])
    .describe('Earlier encryption keys, comma separated, that only decrypt what they have encrypted'),
  ADMIN_USERNAME: z.string().min(1).max(100).default('admin').describe('Name of the first administrator'),
  ADMIN_PASSWORD: z
    .string()
    .min(12, 'must have at least 12 characters')
    .optional()
    .describe('Password of the first administrator; default: a one-time link is printed'),
  SMTP_URL: url('smtp:', 'smtps:')
    .optional()
    .describe(
      'Server that sends mails about accounts and approvals, such as smtps://user:password@mail.example.org; default: none are sent',
    ),
  MAIL_FROM: z.string().min(3).max(300).optional().describe('Who those mails are from, such as Signalbox <box@example.org>'),
  NOTICE_WEBHOOK_URL: url('http:', 'https:')
    .optional()
    .describe('Where notices about accounts and approvals are posted as JSON, when there is no SMTP_URL'),
  NOTICE_WEBHOOK_SECRET: z
    .string()
    .min(16, 'must have at least 16 characters')
    .optional()
    .describe('Key of the signature of such a notice'),
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
  for (const [name, needed] of [
    ['SMTP_URL', 'MAIL_FROM'],
    ['SMTP_URL', 'PUBLIC_URL'],
    ['NOTICE_WEBHOOK_URL', 'NOTICE_WEBHOOK_SECRET'],
    ['NOTICE_WEBHOOK_URL', 'PUBLIC_URL'],
  ] as const)
    if (given[name] && !given[needed]) problems.push(`${needed}: must be set beside ${name}`);
  if (given.REQUIRE_TRUSTED_DOCUMENTS === 'true' && !given.TRUSTED_DOCUMENTS)
    problems.push('REQUIRE_TRUSTED_DOCUMENTS: needs TRUSTED_DOCUMENTS');
  if (!parsed.success || problems.length > 0) throw new Error(`The settings are wrong:\n  ${problems.join('\n  ')}`);
  return Object.freeze(parsed.data);
}
