import { Guard } from './guard/guard.mjs';
import { followRedirects } from './http/follow-redirects.mjs';
import { makeAttempts, sumUp } from './probing/attempts.mjs';
import { latency } from './probing/latency.mjs';
import { milliseconds } from './probing/milliseconds.mjs';
import { writeCsv } from './probing/write-csv.mjs';

const PHASES = ['dnsMs', 'connectMs', 'tlsMs', 'firstByteMs', 'bodyMs'];

/**
 * Asks for a URL several times and reports the status, how long each phase took, and where it was redirected to.
 * @param {import('./worker.mjs').Run} run
 */
export async function http(run) {
  const { url, method = 'GET', maxRedirects = 5, verifyCertificate = true, expectedStatus, expectedText } = run.parameters;
  const { allowList = [], certificateAuthorities = [] } = run.settings ?? {};
  const options = { method, maxRedirects, verifyCertificate, certificateAuthorities, guard: new Guard(allowList) };
  let last = null;
  const attempts = await makeAttempts(run, nameOf(url), async (signal) => {
    const startedMs = performance.now();
    const { body, isBodyCut, phases, ...answer } = await followRedirects(url, options, signal);
    last = answer;
    const ms = performance.now() - startedMs;
    const { status, address, redirects } = answer;
    const failure = unexpected({ status, body, isBodyCut }, { expectedStatus, expectedText });
    return { ms, status, address, redirects: redirects.length, ...rounded(phases), failure, text: `status ${status}` };
  });
  await writeCsv(
    run.output,
    'attempts.csv',
    ['attempt', 'at', 'isOk', 'ms', 'status', ...PHASES, 'redirects', 'address', 'error'],
    attempts,
  );
  const answered = attempts.filter(({ status }) => status !== undefined);
  return {
    url: nameOf(url),
    isReachable: answered.length > 0,
    isExpected: attempts.every(({ isOk }) => isOk),
    status: last?.status ?? null,
    finalUrl: last?.url ?? null,
    redirects: last?.redirects ?? [],
    // Those of the last hop.
    phasesMs: Object.fromEntries(PHASES.map((phase) => [phase, latency(answered.flatMap((each) => each[phase] ?? []))])),
    ...sumUp(attempts),
  };
}

/** Why an answer is not what was expected; null when it is. Without an expectation, it is anything below 400. */
function unexpected({ status, body, isBodyCut }, { expectedStatus, expectedText }) {
  const isStatus = expectedStatus === undefined ? status < 400 : expectedStatus.includes(status);
  if (!isStatus) return `Status ${status}${expectedStatus === undefined ? '' : `, expected ${expectedStatus.join(' or ')}`}`;
  if (expectedText === undefined || body.includes(expectedText)) return null;
  return `The expected text is not in the ${isBodyCut ? 'first 1 MiB of the ' : ''}body`;
}

const rounded = (phases) =>
  Object.fromEntries(Object.entries(phases).map(([name, value]) => [name, value === null ? null : milliseconds(value)]));

/** A URL as it is told: its query may hold a token. */
const nameOf = (url) => (URL.canParse(url) ? `${new URL(url).origin}${new URL(url).pathname}` : url);
