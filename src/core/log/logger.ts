import { pino, stdSerializers, type Logger as PinoLogger } from 'pino';

/**
 * The log of a process, one JSON object a line. ERROR means that somebody must act now, WARN that something was refused or
 * recovered, INFO what an operator wants to know, DEBUG what a developer wants to know.
 */
export type Logger = PinoLogger;

/** Levels that `LOG_LEVEL` accepts. */
export const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const;

// A driver's error carries the statement's parameters, which may be secrets.
const withoutParameters = (error: Error): object => {
  const { parameters: _p, params: _q, query: _s, ...rest } = stdSerializers.err(error) as unknown as Record<string, unknown>;
  return rest;
};

/** Creates the process's logger; it writes to standard error, so that standard output stays free for people. */
export const createLogger = (level: (typeof logLevels)[number]): Logger =>
  pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: withoutParameters },
      redact: { paths: ['*.password', '*.token', '*.refreshToken', '*.authorization', '*.cookie'], censor: '[redacted]' },
    },
    pino.destination({ fd: 2, sync: true }),
  );
