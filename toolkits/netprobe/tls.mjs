import { isIP } from 'node:net';
import { Guard } from './guard/guard.mjs';
import { makeAttempts, sumUp } from './probing/attempts.mjs';
import { milliseconds } from './probing/milliseconds.mjs';
import { openSocket } from './probing/open-socket.mjs';
import { writeCsv } from './probing/write-csv.mjs';
import { describeChain } from './tls/describe-chain.mjs';
import { startTls } from './tls/start-tls.mjs';

/** The best first. */
const LEVELS = ['OK', 'WARN', 'CRITICAL', 'NOT_YET_VALID', 'EXPIRED'];

/**
 * Makes TLS handshakes and reports the protocol, the certificates, for how long they are valid and whether they are trusted.
 * @param {import('./worker.mjs').Run} run
 */
export async function tls(run) {
  const { host, port = 443, warnDays = 30, criticalDays = 7 } = run.parameters;
  const servername = run.parameters.servername ?? host.replace(/^\[(.*)\]$/, '$1');
  const { allowList = [], certificateAuthorities = [] } = run.settings ?? {};
  const guard = new Guard(allowList);
  let seen = null;
  const attempts = await makeAttempts(run, `${host}:${port}`, async (signal) => {
    const target = await guard.check(host, port);
    const { socket, connectMs } = await openSocket(target, signal);
    const { secure, tlsMs, isTrusted, trustError } = await startTls(socket, { servername, certificateAuthorities });
    seen = { ...sessionOf(secure, servername, { warnDays, criticalDays }), isTrusted, trustError };
    const { protocol } = seen;
    socket.destroy();
    return {
      ms: connectMs + tlsMs,
      address: target.address,
      ...rounded({ dnsMs: target.dnsMs, connectMs, tlsMs }),
      protocol,
      text: protocol,
    };
  });
  await writeCsv(
    run.output,
    'attempts.csv',
    ['attempt', 'at', 'isOk', 'ms', 'dnsMs', 'connectMs', 'tlsMs', 'protocol', 'address', 'error'],
    attempts,
  );
  if (seen) await tellVerdict(run, seen, { servername, warnDays });
  const sum = sumUp(attempts);
  return { host, port, servername, isReachable: sum.succeeded > 0, ...(seen ?? { level: null, chain: [] }), ...sum };
}

function sessionOf(secure, servername, limits) {
  const certificate = secure.getPeerX509Certificate();
  const chain = describeChain(certificate, limits);
  const matches = isIP(servername) ? certificate?.checkIP(servername) : certificate?.checkHost(servername);
  const { name, standardName } = secure.getCipher();
  return {
    protocol: secure.getProtocol(),
    cipher: standardName ?? name,
    isHostnameMatch: matches !== undefined,
    daysLeft: Math.min(...chain.map(({ daysLeft }) => daysLeft)),
    level: LEVELS[Math.max(...chain.map(({ level }) => LEVELS.indexOf(level)))],
    chain,
  };
}

const rounded = (figures) => Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, milliseconds(value)]));

async function tellVerdict({ log }, { level, daysLeft, isHostnameMatch, isTrusted, trustError }, { servername, warnDays }) {
  if (level === 'OK') await log('INFO', `The certificates are valid for another ${daysLeft} days`);
  else if (level === 'WARN') await log('WARN', `A certificate is valid for another ${daysLeft} days only, fewer than ${warnDays}`);
  else
    await log(
      'ERROR',
      `A certificate is ${level === 'CRITICAL' ? `valid for another ${daysLeft} days only` : level.toLowerCase().replaceAll('_', ' ')}`,
    );
  if (!isHostnameMatch) await log('ERROR', `The certificate is not for ${servername}`);
  if (!isTrusted) await log('ERROR', `The certificate is not trusted: ${trustError}`);
}
