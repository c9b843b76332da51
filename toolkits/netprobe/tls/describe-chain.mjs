const DAY_MS = 86_400_000;
const LONGEST_CHAIN = 10;

/**
 * Describes a certificate and those that vouch for it, its own first.
 * @param {import('node:crypto').X509Certificate | undefined} certificate
 * @param {{ warnDays: number, criticalDays: number, now?: number }} limits
 */
export function describeChain(certificate, { warnDays, criticalDays, now = Date.now() }) {
  const chain = [];
  const seen = new Set();
  for (let each = certificate; each && !seen.has(each.fingerprint256) && chain.length < LONGEST_CHAIN; each = each.issuerCertificate) {
    seen.add(each.fingerprint256);
    const [from, to] = [Date.parse(each.validFrom), Date.parse(each.validTo)];
    const daysLeft = Math.floor((to - now) / DAY_MS);
    chain.push({
      subject: oneLine(each.subject),
      issuer: oneLine(each.issuer),
      isSelfSigned: each.subject === each.issuer,
      subjectAltNames: each.subjectAltName?.split(', ') ?? [],
      serialNumber: each.serialNumber,
      fingerprint256: each.fingerprint256,
      keyType: each.publicKey.asymmetricKeyType ?? null,
      validFrom: new Date(from).toISOString(),
      validTo: new Date(to).toISOString(),
      daysLeft,
      level:
        now < from ? 'NOT_YET_VALID' : to <= now ? 'EXPIRED' : daysLeft < criticalDays ? 'CRITICAL' : daysLeft < warnDays ? 'WARN' : 'OK',
    });
  }
  return chain;
}

const oneLine = (name) => (name ?? '').split('\n').join(', ');
